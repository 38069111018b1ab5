package dev.heddle.thread.delegation;

import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.run.Runs;
import dev.heddle.thread.run.ThreadRun;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Locks threads together with those that work for them.
 *
 * <p>The order, which keeps everybody from waiting in a ring:
 *
 * <ol>
 *   <li>The tree, by an advisory lock of its root, for whoever adds to it or acts on a part of it
 *       as a whole. Adopting a thread joins two trees, and locks all there are.
 *   <li>The runs of all threads that are concerned, parents and children alike, at once and in the
 *       order of their ids: nobody who has locked one waits for a second one.
 *   <li>Conversations, the project, and last the feeds, as everywhere.
 * </ol>
 *
 * <p>The end of a run reaches the parent, and its stop the descendants, but only who folds a record
 * learns of it. It reads who is concerned, locks their runs with those of its batch, and takes no
 * tree: where a relative has come in between, it begins again.
 */
@Component
public class Families {

  // Tell these locks from other advisory locks; "tree" and "wood" in ASCII.
  private static final int TREES = 0x74726565;
  private static final int FOREST = 0x776f6f64;

  /**
   * A thread with all that work for it, directly or not; their runs are locked.
   *
   * @param run null where there is no such thread
   * @param descendants in the order of their ids
   */
  public record Family(@Nullable ThreadRun run, List<ThreadRun> descendants) {

    /** Of a thread that was not looked at. */
    public static final Family UNKNOWN = new Family(null, List.of());

    /** The thread first, where there is one. */
    public List<ThreadRun> all() {
      return run == null
          ? descendants
          : Stream.concat(Stream.of(run), descendants.stream()).toList();
    }
  }

  private final Delegations delegations;
  private final Runs runs;
  private final JdbcClient jdbc;

  Families(Delegations delegations, Runs runs, JdbcClient jdbc) {
    this.delegations = delegations;
    this.runs = runs;
    this.jdbc = jdbc;
  }

  /** Locks a thread and what works for it, until the caller's transaction ends. */
  public Family lock(ThreadId thread) {
    lockTree(thread);
    Set<UUID> members = new TreeSet<>(delegations.below(List.of(thread.value())));
    members.add(thread.value());
    List<ThreadRun> locked = runs.lockAll(members);
    return new Family(
        locked.stream().filter(run -> run.thread().equals(thread)).findFirst().orElse(null),
        locked.stream().filter(run -> !run.thread().equals(thread)).toList());
  }

  /** Keeps others from changing who belongs to the tree of a thread; for who has locked no run. */
  void lockTree(ThreadId thread) {
    lock("pg_advisory_xact_lock_shared", FOREST, "");
    // Stays the root, since only an adoption changes that.
    ThreadId root = delegations.ofChild(thread).map(Delegation::root).orElse(thread);
    lock("pg_advisory_xact_lock", TREES, root.toString());
  }

  /** As {@link #lockTree}, of every thread. */
  void lockForest() {
    lock("pg_advisory_xact_lock", FOREST, "");
  }

  private void lock(String function, int space, String name) {
    jdbc.sql("select 1 from (select %s(?, hashtext(?))) as locked".formatted(function))
        .params(space, name)
        .query(Integer.class)
        .single();
  }
}
