package dev.heddle.trace.log;

import dev.heddle.contracts.Origin;
import dev.heddle.contracts.TraceBody;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What one record of the trace log says. */
public sealed interface Entry {

  LogPosition position();

  /** One timeline event. */
  record Event(
      LogPosition position, EventId id, @Nullable UUID threadId, Instant at, EventContent content)
      implements Entry {

    /** The thread, or the session where there is none. */
    public UUID timeline() {
      return Objects.requireNonNullElse(threadId, id.sessionId());
    }
  }

  /** What makes an event the same event, however often it is in the log. */
  record EventId(UUID sessionId, int attempt, Origin origin, long seq) {

    public AttemptId attemptId() {
      return new AttemptId(sessionId, attempt);
    }
  }

  /** One attempt of a session; attempt 0 is the session as a whole. */
  record AttemptId(UUID sessionId, int attempt) {}

  /**
   * What an event carries.
   *
   * @param kind the name of the body on the wire
   * @param json the body with its kind, free of what PostgreSQL refuses
   * @param cleaned whether characters that are no text were replaced
   * @param body null where a placeholder stands for what cannot be read
   */
  record EventContent(String kind, String json, boolean cleaned, @Nullable TraceBody body) {}

  /** An attempt is over: what its worker writes after this is superseded. */
  record Closed(
      LogPosition position, AttemptId id, @Nullable UUID threadId, String reason, Instant at)
      implements Entry {

    /** The thread, or the session where there is none. */
    public UUID timeline() {
      return Objects.requireNonNullElse(threadId, id.sessionId());
    }
  }

  /**
   * A record that says nothing that this version understands.
   *
   * @param code the kind of reason, as parked records name it
   * @param reason for people
   * @param placeholder what stands in its place of the timeline, where that is known
   */
  record Unreadable(LogPosition position, String code, String reason, @Nullable Event placeholder)
      implements Entry {}
}
