package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Objects;
import java.util.UUID;

/** Identifies one command to a worker, such as a cancel. A UUID on the wire. */
public record CommandId(@JsonValue UUID value) {

  @JsonCreator
  public CommandId {
    Objects.requireNonNull(value, "value");
  }

  /** Reads the canonical text form; throws {@link IllegalArgumentException} on anything else. */
  public static CommandId of(String text) {
    return new CommandId(Ids.parse(text));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
