package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** How loud a notice is. */
public enum NoticeLevel {
  @JsonProperty("info")
  INFO,
  @JsonProperty("warning")
  WARNING;

  /** The form on the wire and in every API. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
