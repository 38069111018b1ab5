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
  /** Announced; nothing of it was written yet. */
  @JsonProperty("pending")
  PENDING,
  /** Being written. */
  @JsonProperty("streaming")
  STREAMING,
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

  /** Whether more of the message is to come. */
  public boolean isOpen() {
    return this == PENDING || this == STREAMING;
  }

  /** The form on the wire and in every API. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
