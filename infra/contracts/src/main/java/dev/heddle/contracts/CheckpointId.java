package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Objects;
import java.util.UUID;

/** Identifies a checkpoint of a conversation. A UUID on the wire. */
public record CheckpointId(@JsonValue UUID value) {

  @JsonCreator
  public CheckpointId {
    Objects.requireNonNull(value, "value");
  }

  /** Reads the canonical text form; throws {@link IllegalArgumentException} on anything else. */
  public static CheckpointId of(String text) {
    return new CheckpointId(Ids.parse(text));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
