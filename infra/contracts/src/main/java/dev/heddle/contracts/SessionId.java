package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Objects;
import java.util.UUID;

/** Identifies a session, one executable run. A UUID on the wire. */
public record SessionId(@JsonValue UUID value) {

  @JsonCreator
  public SessionId {
    Objects.requireNonNull(value, "value");
  }

  /** Reads the canonical text form; throws {@link IllegalArgumentException} on anything else. */
  public static SessionId of(String text) {
    return new SessionId(Ids.parse(text));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
