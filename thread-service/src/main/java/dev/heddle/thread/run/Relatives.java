package dev.heddle.thread.run;

import dev.heddle.contracts.ThreadId;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;

/** Threads that what becomes of a run of another one matters to. */
public interface Relatives {

  /**
   * Those of some threads of which a run is being stopped or is over; their runs are locked with
   * the others of the batch. It is read before anything is locked, and may be out of date by then.
   */
  Collection<UUID> of(Collection<UUID> threads);

  /**
   * Something happened, and the watchers have heard it. Called in the transaction that folds it.
   *
   * @param locked the runs that are locked, with those of the relatives
   */
  void heard(ThreadRun run, RunNews news, Map<ThreadId, ThreadRun> locked);
}
