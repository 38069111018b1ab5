package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Objects;
import java.util.UUID;

/**
 * Identifies one offer of a session to workers; each offer of the same attempt has its own. A UUID
 * on the wire.
 */
public record OfferId(@JsonValue UUID value) {

  @JsonCreator
  public OfferId {
    Objects.requireNonNull(value, "value");
  }

  /** Reads the canonical text form; throws {@link IllegalArgumentException} on anything else. */
  public static OfferId of(String text) {
    return new OfferId(Ids.parse(text));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
