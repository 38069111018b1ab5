package dev.heddle.messaging;

import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TraceId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What the work at hand belongs to, until the scope is closed: on every log line of this thread,
 * and its trace in the header of everything that is put into the outbox meanwhile. To be closed by
 * the thread that opened it, before any scope that was opened earlier.
 */
public final class LogScope implements AutoCloseable {

  private record Before(String key, @Nullable String value) {}

  private final Deque<Before> before = new ArrayDeque<>();

  private LogScope() {}

  /** Work under a trace. */
  public static LogScope of(TraceId trace) {
    return new LogScope().with(TraceId.LOG_KEY, trace.value());
  }

  /** Work that goes on under whatever trace there is. */
  public static LogScope here() {
    return new LogScope();
  }

  /** Work for a session. */
  public LogScope session(SessionId session, @Nullable ThreadId thread) {
    with(SessionId.LOG_KEY, session.toString());
    return thread == null ? this : thread(thread);
  }

  /** Work for a session's attempt; none before the first. */
  public LogScope session(SessionId session, @Nullable ThreadId thread, int attempt) {
    session(session, thread);
    return attempt > 0 ? with("attempt", Integer.toString(attempt)) : this;
  }

  /** Work for a thread. */
  public LogScope thread(ThreadId thread) {
    return with(ThreadId.LOG_KEY, thread.toString());
  }

  private LogScope with(String key, String value) {
    before.push(new Before(key, MDC.get(key)));
    MDC.put(key, value);
    return this;
  }

  /** The trace of the work at hand, where it has one. */
  public static Optional<TraceId> trace() {
    return Optional.ofNullable(MDC.get(TraceId.LOG_KEY)).map(TraceId::new);
  }

  @Override
  public void close() {
    while (!before.isEmpty()) {
      Before one = before.pop();
      if (one.value() == null) {
        MDC.remove(one.key());
      } else {
        MDC.put(one.key(), one.value());
      }
    }
  }
}
