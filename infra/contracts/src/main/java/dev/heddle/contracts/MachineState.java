package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** What a worker says of itself. */
public enum MachineState {
  /** Takes sessions. */
  @JsonProperty("online")
  ONLINE,
  /** Finishes what it has and takes nothing new. */
  @JsonProperty("draining")
  DRAINING,
  /** Said goodbye; not expected back by itself. */
  @JsonProperty("offline")
  OFFLINE;

  /** The form on the wire and in every API. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
