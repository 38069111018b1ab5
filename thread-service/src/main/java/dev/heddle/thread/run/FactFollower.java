package dev.heddle.thread.run;

import dev.heddle.contracts.SessionChanged;

/** A part of a thread that runs report on as well. */
public interface FactFollower {

  /**
   * Takes over what a change of a session says of this part, in the transaction that holds the lock
   * of the run. It is called once for each change, and for those of the run's own session alone.
   */
  void follow(ThreadRun run, SessionChanged change);
}
