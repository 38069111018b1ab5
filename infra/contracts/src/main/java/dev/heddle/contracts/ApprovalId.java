package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Objects;
import java.util.UUID;

/**
 * Identifies one thing that an engine asked a person. A UUID on the wire, made by the worker, since
 * an engine's own ids restart with each process.
 */
public record ApprovalId(@JsonValue UUID value) {

  @JsonCreator
  public ApprovalId {
    Objects.requireNonNull(value, "value");
  }

  /** Reads the canonical text form; throws {@link IllegalArgumentException} on anything else. */
  public static ApprovalId of(String text) {
    return new ApprovalId(Ids.parse(text));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
