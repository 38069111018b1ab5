package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the timeline is made of, on {@link Topics#TRACE_EVENTS}; the order of the log decides. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface TraceRecord extends Keyed {

  SessionId sessionId();

  @Nullable ThreadId threadId();

  int attempt();

  /** The thread, or the session where there is none. */
  @Override
  default String key() {
    ThreadId thread = threadId();
    return thread == null ? sessionId().toString() : thread.toString();
  }

  /**
   * One event. It is identified by (session, attempt, origin, seq); a repeated one is ignored.
   *
   * @param attempt 0 for events that belong to the session as a whole
   * @param seq for {@link Origin#WORKER} from 1 without a gap per attempt; for {@link
   *     Origin#SESSION} the session's version; for {@link Origin#THREAD} the ordinal of the message
   *     in its thread, or, of an attempt, a number that rises with gaps
   */
  @JsonTypeName("trace.event")
  record TraceEvent(
      SessionId sessionId,
      @Nullable ThreadId threadId,
      int attempt,
      Origin origin,
      long seq,
      Instant at,
      TraceBody body)
      implements TraceRecord {}

  /**
   * Written by session-service when an attempt is over: whatever a worker still writes for it after
   * this record is kept as superseded and hidden.
   *
   * @param reason for people, such as {@code completed} or {@code lease expired}
   */
  @JsonTypeName("attempt.closed")
  record AttemptClosed(
      SessionId sessionId, @Nullable ThreadId threadId, int attempt, String reason, Instant at)
      implements TraceRecord {}
}
