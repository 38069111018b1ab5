package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Objects;
import java.util.UUID;

/** Identifies one task that an engine wants delegated. A UUID on the wire, made by the worker. */
public record DelegationId(@JsonValue UUID value) {

  @JsonCreator
  public DelegationId {
    Objects.requireNonNull(value, "value");
  }

  /** Reads the canonical text form; throws {@link IllegalArgumentException} on anything else. */
  public static DelegationId of(String text) {
    return new DelegationId(Ids.parse(text));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
