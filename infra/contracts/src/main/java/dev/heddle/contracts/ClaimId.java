package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Objects;
import java.util.UUID;

/**
 * Identifies one attempt of a worker to take an offer; a repeated claim keeps its id. A UUID on the
 * wire.
 */
public record ClaimId(@JsonValue UUID value) {

  @JsonCreator
  public ClaimId {
    Objects.requireNonNull(value, "value");
  }

  /** Reads the canonical text form; throws {@link IllegalArgumentException} on anything else. */
  public static ClaimId of(String text) {
    return new ClaimId(Ids.parse(text));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
