package dev.heddle.thread.run;

import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One change of a thread's run status, kept for ever. */
@Entity
@Table(name = "transition")
public class Transition {

  @Embeddable
  record Key(@Column(name = "thread_id") UUID threadId, @Column(name = "ordinal") int ordinal) {}

  @EmbeddedId private Key key;

  @Enumerated(EnumType.STRING)
  @Column(name = "from_status", nullable = false, updatable = false)
  private RunStatus from;

  @Enumerated(EnumType.STRING)
  @Column(name = "to_status", nullable = false, updatable = false)
  private RunStatus to;

  @Column(nullable = false, updatable = false)
  private String cause;

  @Column(nullable = false, updatable = false)
  private String causedBy;

  @Column(updatable = false)
  private @Nullable UUID sessionId;

  @Column(nullable = false, updatable = false)
  private long sessionVersion;

  @Column(nullable = false, updatable = false)
  private Instant at;

  /** For Hibernate, which fills the fields itself. */
  protected Transition() {}

  Transition(ThreadId thread, int ordinal, RunStatus from, RunStatus to, Cause cause, Instant at) {
    this.key = new Key(thread.value(), ordinal);
    this.from = from;
    this.to = to;
    this.cause = cause.text();
    this.causedBy = cause.by();
    this.sessionId = cause.session().value();
    this.sessionVersion = cause.sessionVersion();
    this.at = at;
  }

  /** Its place in the history of the thread, from 1. */
  public int ordinal() {
    return key.ordinal();
  }

  public RunStatus from() {
    return from;
  }

  public RunStatus to() {
    return to;
  }

  public String cause() {
    return cause;
  }

  /** A person, or the service that reported it. */
  public String causedBy() {
    return causedBy;
  }

  public @Nullable SessionId session() {
    return sessionId == null ? null : new SessionId(sessionId);
  }

  /** Of the change of the session that caused it; 0 where none did. */
  public long sessionVersion() {
    return sessionVersion;
  }

  public Instant at() {
    return at;
  }
}
