package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * Whether a message is whole.
 *
 * <p>A status of the future reads as failed: the text is kept, and not called whole.
 */
public enum MessageStatus {
  /** Whole. */
  @JsonProperty("completed")
  COMPLETED,
  /** Cut short by a failure. */
  @JsonEnumDefaultValue
  @JsonProperty("failed")
  FAILED,
  /** Cut short by a cancel. */
  @JsonProperty("cancelled")
  CANCELLED;

  /** The form on the wire and in every API. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
