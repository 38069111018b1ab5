package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * Where a session stands.
 *
 * <p>A status of the future is not guessed: a record that holds one is parked.
 */
public enum SessionStatus {
  /** Waits in the backlog; an offer may be out. */
  @JsonProperty("queued")
  QUEUED,
  /** A worker was granted it and prepares the run. */
  @JsonProperty("claimed")
  CLAIMED,
  /** The engine runs. */
  @JsonProperty("running")
  RUNNING,
  /** The engine waits for a person; the slot is free again. */
  @JsonProperty("waiting")
  WAITING,
  /** A cancel was accepted; the engine is being ended. */
  @JsonProperty("stopping")
  STOPPING,
  /** Ended well. */
  @JsonProperty("completed")
  COMPLETED,
  /** Ended with an error, or lost too often. */
  @JsonProperty("failed")
  FAILED,
  /** Ended by a person, or with its thread. */
  @JsonProperty("cancelled")
  CANCELLED;

  /** Whether nothing can change any more. */
  public boolean isDone() {
    return this == COMPLETED || this == FAILED || this == CANCELLED;
  }

  /** The form on the wire and in every API. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
