package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** A step between the grant and the first output of the engine. */
public enum Phase {
  /** The workspace is being prepared. */
  @JsonProperty("preparing")
  PREPARING,
  /** The engine process is being started. */
  @JsonProperty("starting")
  STARTING;

  /** The form on the wire and in every API. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
