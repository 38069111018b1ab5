package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * How a pull request stands.
 *
 * <p>A state of the future reads as open.
 */
public enum PullRequestState {
  @JsonEnumDefaultValue
  @JsonProperty("open")
  OPEN,
  @JsonProperty("merged")
  MERGED,
  @JsonProperty("closed")
  CLOSED;

  /** The form on the wire and in every API. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
