package dev.heddle.trace.timeline;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.Origin;
import dev.heddle.contracts.TraceBody;
import dev.heddle.trace.log.Entry;
import dev.heddle.trace.log.Entry.AttemptId;
import dev.heddle.trace.log.Entry.Closed;
import dev.heddle.trace.log.Entry.Event;
import dev.heddle.trace.log.Entry.EventId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * Folds batches of entries into the stored transcripts and roll-ups. Everything happens in the
 * caller's transaction; only one transaction at a time may hold a session.
 */
public final class Timelines {

  private final SessionStore sessionStore;
  private final ItemStore itemStore;

  public Timelines(JdbcOperations jdbc) {
    sessionStore = new SessionStore(jdbc);
    itemStore = new ItemStore(jdbc);
  }

  /** Begins a batch: reads what is known of its sessions. */
  public Batch begin(List<? extends Entry> entries) {
    Set<UUID> ids = new HashSet<>();
    for (Entry entry : entries) {
      switch (entry) {
        case Event event -> ids.add(event.id().sessionId());
        case Closed closed -> ids.add(closed.id().sessionId());
        case Entry.Unreadable _ -> {}
      }
    }
    Map<UUID, SessionState> sessions = sessionStore.load(ids);
    Set<AttemptId> closed = new HashSet<>();
    for (SessionState session : sessions.values()) {
      for (AttemptState attempt : session.attempts.values()) {
        if (attempt.isClosed()) {
          closed.add(new AttemptId(session.sessionId, attempt.number));
        }
      }
    }
    return new Batch(sessions, closed);
  }

  /** One batch in its transaction. */
  public final class Batch {

    private final Map<UUID, SessionState> sessions;
    private final Set<AttemptId> closed;

    private Batch(Map<UUID, SessionState> sessions, Set<AttemptId> closed) {
      this.sessions = sessions;
      this.closed = closed;
    }

    /** Takes note, in the order of the log, that an attempt is closed from here on. */
    public void close(Closed entry) {
      closed.add(entry.id());
    }

    /** Whether an event comes after the end of its attempt, given what was closed so far. */
    public boolean isSuperseded(Event event) {
      return event.id().origin() == Origin.WORKER && closed.contains(event.id().attemptId());
    }

    /**
     * Folds what is new and saves the result.
     *
     * @param entries events that were stored by this transaction, and closings, in order of the log
     * @param superseded which of those events are hidden
     */
    public void fold(List<? extends Entry> entries, Set<EventId> superseded) {
      if (entries.isEmpty()) {
        return;
      }
      Set<Item.Key> named = new HashSet<>();
      for (Entry entry : entries) {
        switch (entry) {
          case Event event -> {
            sessions.computeIfAbsent(
                event.id().sessionId(),
                id -> SessionState.begin(event, id, event.timeline(), event.threadId()));
            name(event, named);
          }
          case Closed end ->
              sessions.computeIfAbsent(
                  end.id().sessionId(),
                  id -> SessionState.begin(end, id, end.timeline(), end.threadId()));
          case Entry.Unreadable _ -> {}
        }
      }
      var fold = new TimelineFold(sessions, itemStore.load(sessions.keySet(), named));
      for (Entry entry : entries) {
        if (entry instanceof Event event) {
          if (superseded.contains(event.id())) {
            SessionState session = sessions.get(event.id().sessionId());
            if (session != null) {
              session.superseded++;
            }
          } else {
            fold.apply(event);
          }
        } else if (entry instanceof Closed end) {
          fold.apply(end);
        }
      }
      sessionStore.save(sessions.values());
      itemStore.save(fold.touched());
    }

    /** Names the stored item that an event may change though it is not open. */
    private static void name(Event event, Set<Item.Key> named) {
      TraceBody body = event.content().body();
      ApprovalId approval = approvalOf(body);
      if (approval != null) {
        named.add(new Item.Key(event.timeline(), TimelineFold.approvalId(approval)));
      } else if (body instanceof TraceBody.Message message) {
        named.add(new Item.Key(event.timeline(), message.messageId().toString()));
      } else if (body instanceof TraceBody.ToolCall tool) {
        named.add(new Item.Key(event.timeline(), TimelineFold.toolId(event, tool)));
      } else if (body instanceof TraceBody.EngineOutput output && output.messageId() != null) {
        named.add(new Item.Key(event.timeline(), output.messageId().toString()));
      }
    }

    private static @Nullable ApprovalId approvalOf(@Nullable TraceBody body) {
      return switch (body) {
        case TraceBody.ApprovalRequested asked -> asked.approvalId();
        case TraceBody.ApprovalDecided decided -> decided.approvalId();
        case TraceBody.ApprovalDelivered delivered -> delivered.approvalId();
        case TraceBody.ApprovalClosed closed -> closed.approvalId();
        case null, default -> null;
      };
    }
  }
}
