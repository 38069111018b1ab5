package dev.heddle.thread.run;

import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How far a thread has followed one session of its own. */
@Entity
@Table(name = "thread_session")
class KnownSession {

  @Id private UUID sessionId;

  @Column(updatable = false)
  private @Nullable UUID threadId;

  @Column(nullable = false)
  private long version;

  @Column(nullable = false)
  private boolean done;

  @Column(nullable = false)
  private boolean replied;

  @Column(nullable = false)
  private boolean engineStarted;

  /** For Hibernate, which fills the fields itself. */
  protected KnownSession() {}

  /** One of which nothing was heard yet. */
  KnownSession(SessionId session, ThreadId thread) {
    this.sessionId = session.value();
    this.threadId = thread.value();
  }

  SessionId session() {
    return new SessionId(sessionId);
  }

  /** Null for a session of a project alone. */
  @Nullable ThreadId thread() {
    return threadId == null ? null : new ThreadId(threadId);
  }

  /** Whether this change was not seen before, nor what came after it. */
  boolean isNews(long itsVersion) {
    return itsVersion > version && !done;
  }

  /** Of the last change that was seen; 0 before the first. */
  long version() {
    return version;
  }

  boolean isDone() {
    return done;
  }

  /** Whether it has left a message of the assistant. */
  boolean hasReplied() {
    return replied;
  }

  void seen(long newVersion, boolean nowDone) {
    version = newVersion;
    done = done || nowDone;
  }

  /** Whether its engine ran in any attempt. */
  boolean hasEngineStarted() {
    return engineStarted;
  }

  void engineStarted() {
    engineStarted = true;
  }

  void replied() {
    replied = true;
  }
}
