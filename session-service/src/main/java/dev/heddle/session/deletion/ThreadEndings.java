package dev.heddle.session.deletion;

import static dev.heddle.session.Columns.array;

import dev.heddle.contracts.ControlMessage.ThreadEnded;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadChanged;
import dev.heddle.contracts.ThreadEnd;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Outbox;
import dev.heddle.session.Columns;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Tells machines of threads that are not worked on any more, so that they need not keep their
 * files. What does not arrive is made up for by time: files that nobody uses go in the end.
 */
@Component
@Transactional(propagation = Propagation.MANDATORY)
class ThreadEndings {

  private record Ended(ThreadEnd end, Instant at) {}

  private final JdbcClient sql;
  private final Outbox outbox;

  ThreadEndings(JdbcClient sql, Outbox outbox) {
    this.sql = sql;
    this.outbox = outbox;
  }

  /**
   * Tells each machine on which a run of such a thread was, as far as that is known. Before the
   * sessions of deleted ones are removed, which say so.
   *
   * @param changes in their order
   */
  void tell(Collection<ThreadChanged> changes) {
    Map<ThreadId, Ended> ended = new HashMap<>();
    for (ThreadChanged change : changes) {
      for (ThreadChange part : change.changes()) {
        switch (part) {
          case ThreadChange.Deleted _ ->
              ended.put(change.threadId(), new Ended(ThreadEnd.DELETED, change.at()));
          case ThreadChange.Settings settings when settings.archived() ->
              ended.put(change.threadId(), new Ended(ThreadEnd.ARCHIVED, change.at()));
          case ThreadChange.Settings _ -> ended.remove(change.threadId());
          default -> {}
        }
      }
    }
    if (!ended.isEmpty()) {
      tell(ended);
    }
  }

  private void tell(Map<ThreadId, Ended> ended) {
    sql.sql(
            """
            select distinct thread_id, machine from session
            where thread_id = any (cast(:ids as uuid[])) and machine is not null
            union
            select session.thread_id, claim.machine
            from session join claim on claim.session_id = session.id
            where session.thread_id = any (cast(:ids as uuid[])) and claim.answer = 'granted'
            """)
        .param("ids", array(ended.keySet()))
        .query(row -> {
          ThreadId thread = new ThreadId(Columns.uuid(row, "thread_id"));
          MachineId machine = new MachineId(row.getString("machine"));
          Ended how = ended.get(thread);
          if (how != null) {
            outbox.send(
                Topics.SESSION_CONTROL,
                machine.value(),
                new ThreadEnded(machine, thread, how.end(), how.at()));
          }
        });
  }
}
