package dev.heddle.thread.approval;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where something that an engine asked stands; nothing leaves a state but {@code pending}. */
public enum ApprovalState {
  /** It waits for a person. */
  PENDING,
  ALLOWED,
  DENIED,
  /** Nobody decided in time. */
  EXPIRED,
  /** The engine waits no more; the reason says why. */
  WITHDRAWN;

  /** The form in every API. */
  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  static ApprovalState of(String wire) {
    return valueOf(wire.toUpperCase(Locale.ROOT));
  }
}
