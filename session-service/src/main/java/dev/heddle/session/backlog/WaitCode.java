package dev.heddle.session.backlog;

import java.util.Locale;

/** Why a queued session does not run yet, for metrics. */
public enum WaitCode {
  /** A person has to look first. */
  HELD,
  /** An offer stands. */
  OFFERED,
  /** It failed for a passing cause, and is not tried again at once. */
  PAUSED,
  /** An earlier session of its thread is unfinished. */
  THREAD_BUSY,
  /** Nothing in its pool takes sessions. */
  NO_MACHINE,
  /** The machine that has what it goes on with does not take it now, and no other one may yet. */
  HOME_AWAITED,
  /** The one machine that may run it does not take sessions, or cannot run it. */
  MACHINE_UNAVAILABLE,
  /** No machine of the pool has the engine. */
  ENGINE_MISSING,
  /** No machine of the pool has a label. */
  LABEL_MISSING,
  /** The machines have what it needs, but none has all of it. */
  NO_MACHINE_FITS,
  /** Every machine that could run it has refused it lately. */
  REFUSED,
  /** Its project has as much as it may have. */
  PROJECT_LIMIT,
  /** Every slot that could run it is taken. */
  SLOTS_BUSY,
  /** The next release will offer it, or those ahead of it. */
  DUE;

  /** The form in tables, metrics and every API. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
