package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Objects;
import java.util.UUID;

/** Identifies a project. A UUID on the wire. */
public record ProjectId(@JsonValue UUID value) {

  @JsonCreator
  public ProjectId {
    Objects.requireNonNull(value, "value");
  }

  /** Reads the canonical text form; throws {@link IllegalArgumentException} on anything else. */
  public static ProjectId of(String text) {
    return new ProjectId(Ids.parse(text));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
