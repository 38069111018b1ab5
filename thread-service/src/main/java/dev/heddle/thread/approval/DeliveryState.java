package dev.heddle.thread.approval;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Whether a decision has reached the engine. */
public enum DeliveryState {
  /** On its way. */
  SENT,
  /** The engine has it. */
  APPLIED,
  /** The engine will never have it; the reason says why. */
  REFUSED;

  /** The form in every API. */
  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  static DeliveryState of(String wire) {
    return valueOf(wire.toUpperCase(Locale.ROOT));
  }
}
