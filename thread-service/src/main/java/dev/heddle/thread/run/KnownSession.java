package dev.heddle.thread.run;

import dev.heddle.contracts.MessageId;
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

  @Column private @Nullable UUID answers;
  @Column private @Nullable UUID lastMessage;
  @Column private @Nullable String mode;

  @Column(nullable = false)
  private boolean silent;

  @Column(nullable = false)
  private boolean writing;

  /** For Hibernate, which fills the fields itself. */
  protected KnownSession() {}

  /**
   * One of which nothing was heard yet.
   *
   * @param answers the message of this thread that it answers; null where nobody knows
   */
  KnownSession(SessionId session, ThreadId thread, @Nullable MessageId answers) {
    this.sessionId = session.value();
    this.threadId = thread.value();
    this.answers = answers == null ? null : answers.value();
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

  /** Whether what it said last is final, so that its end needs no word of the thread's own. */
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

  void replied(boolean toTheEnd) {
    replied = toTheEnd;
  }

  @Nullable MessageId answers() {
    return answers == null ? null : new MessageId(answers);
  }

  /**
   * The mode that its engine was asked to run in, which says with {@link #end} where that engine
   * stands; null for the engine's own, and where nobody knows.
   */
  @Nullable String mode() {
    return mode;
  }

  void runsIn(@Nullable String wanted) {
    mode = wanted;
  }

  /** What was said last by it, or to it while it ran; null before anything was. */
  @Nullable MessageId lastMessage() {
    return lastMessage == null ? null : new MessageId(lastMessage);
  }

  /** Whether it runs for the thread's own ends, and says nothing in the conversation. */
  boolean isSilent() {
    return silent;
  }

  void silently() {
    silent = true;
  }

  /** Takes over what another session was asked for, of which this one is a retry. */
  void repeats(KnownSession first) {
    silent = first.silent;
    mode = first.mode;
  }

  /** Behind what the next message of its branch goes; null where nobody knows. */
  @Nullable MessageId end() {
    return lastMessage == null ? answers() : lastMessage();
  }

  /** Whether it may have left a message open. */
  boolean isWriting() {
    return writing;
  }

  void said(MessageId message) {
    lastMessage = message.value();
  }

  void writing(boolean open) {
    writing = open;
  }
}
