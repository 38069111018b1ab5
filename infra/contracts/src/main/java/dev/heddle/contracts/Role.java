package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** Who speaks a message. */
public enum Role {
  @JsonProperty("user")
  USER,
  @JsonProperty("assistant")
  ASSISTANT,
  @JsonProperty("system")
  SYSTEM;

  /** The form on the wire and in every API. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
