package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Objects;
import java.util.UUID;

/** Identifies a message of a conversation. A UUID on the wire. */
public record MessageId(@JsonValue UUID value) {

  @JsonCreator
  public MessageId {
    Objects.requireNonNull(value, "value");
  }

  /** Reads the canonical text form; throws {@link IllegalArgumentException} on anything else. */
  public static MessageId of(String text) {
    return new MessageId(Ids.parse(text));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
