package dev.heddle.thread.run;

/** Acts on what becomes of the runs of threads. */
public interface RunWatcher {

  /**
   * Something happened. Called in the transaction that folds it, with the run locked; an exception
   * would roll back what session-service said, and have it parked.
   */
  void heard(ThreadRun run, RunNews news);
}
