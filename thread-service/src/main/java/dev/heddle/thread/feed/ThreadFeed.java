package dev.heddle.thread.feed;

import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadChanged;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Outbox;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The feed of every thread. Whoever begins a transaction that changes anything of a thread that
 * others can see tells it here, once and last: after the rows of the thread were locked. Whoever
 * takes part in another's transaction notes what only it knows of.
 *
 * <p>Its own row is locked until the caller's transaction ends, so that records go out in the order
 * of their versions whichever other rows of the thread two transactions may have locked. Since it
 * is taken last, and by nobody who then waits for another row, it closes no ring of waiters.
 */
@Component
public class ThreadFeed {

  private record Place(ProjectId project, long version) {}

  private final JdbcClient jdbc;
  private final Outbox outbox;
  private final Clock clock;

  ThreadFeed(JdbcClient jdbc, Outbox outbox, Clock clock) {
    this.jdbc = jdbc;
    this.outbox = outbox;
    this.clock = clock;
  }

  /**
   * Keeps a change for whoever tells of the thread in the caller's transaction, which does not
   * commit before. A later change of the same area, or of the same message or child, takes its
   * place.
   */
  public void note(ThreadId thread, ThreadChange change) {
    NotedChanges.ofTransaction().add(thread, change);
  }

  /** As {@link #tell(ThreadId, String, List)}. */
  public void tell(ThreadId thread, String by, ThreadChange... changes) {
    tell(thread, by, Arrays.asList(changes));
  }

  /**
   * Tells what changed in the caller's transaction, as one record, with what was noted. Without a
   * change nothing is told.
   *
   * @param thread one whose row is there; a deletion is told before the row is removed
   * @param by who caused it: a person, {@code worker ID} or a service
   * @param known the new values of the areas that changed, as far as nobody has noted them
   */
  public void tell(ThreadId thread, String by, List<? extends ThreadChange> known) {
    List<ThreadChange> changes = NotedChanges.ofTransaction().take(thread, known);
    if (changes.isEmpty()) {
      return;
    }
    Place place = advance(thread);
    ThreadChanged changed =
        new ThreadChanged(
            thread,
            place.project(),
            place.version(),
            clock.instant().truncatedTo(ChronoUnit.MICROS),
            by,
            changes);
    outbox.send(Topics.THREAD_CHANGED, changed.key(), changed);
  }

  /**
   * How far the feed of each thread is; those of which nothing was told yet are left out. Read it
   * before what it is the version of: a change in between is then told again, not lost.
   */
  public Map<UUID, Long> versions(Collection<UUID> threads) {
    return jdbc
        .sql("select thread_id, version from thread_feed where thread_id in (:threads)")
        .param("threads", threads)
        .query((row, _) -> Map.entry(row.getObject(1, UUID.class), row.getLong(2)))
        .list()
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** As {@link #versions}, of one; 0 where nothing was told yet. */
  public long version(ThreadId thread) {
    return versions(List.of(thread.value())).getOrDefault(thread.value(), 0L);
  }

  private Place advance(ThreadId thread) {
    return jdbc.sql(
            """
            insert into thread_feed (thread_id, project_id, version)
            select id, project_id, 1 from thread where id = ?
            on conflict (thread_id) do update set
              version = thread_feed.version + 1, project_id = excluded.project_id
            returning project_id, version
            """)
        .param(thread.value())
        .query((row, _) -> new Place(new ProjectId(row.getObject(1, UUID.class)), row.getLong(2)))
        .optional()
        .orElseThrow(
            () -> new IllegalStateException("told of a thread that is not there: " + thread));
  }
}
