package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * Which service a trace event comes from; each counts its own sequence.
 *
 * <p>An origin of the future is not guessed, since it is part of an identity: a record that holds
 * one is parked.
 */
public enum Origin {
  @JsonProperty("worker")
  WORKER,
  @JsonProperty("session")
  SESSION,
  @JsonProperty("thread")
  THREAD;

  /** The form on the wire and in every API. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
