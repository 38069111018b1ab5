package dev.heddle.session;

/** A clock that never steps: for lengths of time within this process. */
@FunctionalInterface
public interface Ticker {

  /** Nanoseconds since some moment; only differences mean something. */
  long nanos();
}
