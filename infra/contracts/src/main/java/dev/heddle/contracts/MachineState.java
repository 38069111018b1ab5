package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * What a worker says of itself.
 *
 * <p>A state of the future reads as draining: the machine keeps its leases and is offered nothing.
 */
public enum MachineState {
  /** Takes sessions. */
  @JsonProperty("online")
  ONLINE,
  /** Finishes what it has and takes nothing new. */
  @JsonEnumDefaultValue
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
