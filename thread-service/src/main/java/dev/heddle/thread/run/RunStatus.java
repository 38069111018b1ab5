package dev.heddle.thread.run;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where the run of a thread stands. */
public enum RunStatus {
  /** Nothing runs; how the last run ended is the thread's last outcome. */
  IDLE,
  /** A run was asked for and waits for a machine, for the first or another attempt. */
  QUEUED,
  /** A machine has it; the phase tells what happens before the engine runs. */
  RUNNING,
  /** The engine waits for a person. */
  WAITING,
  /** It is being ended. */
  STOPPING;

  /** The form in every API. */
  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether no other run can be dispatched. */
  public boolean isBusy() {
    return this != IDLE;
  }
}
