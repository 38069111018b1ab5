package dev.heddle.thread.conversation;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.Role;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadId;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One message of a conversation, as it was said. */
@Entity
@Table(name = "message")
public class Message {

  @Id private UUID id;

  @Column(nullable = false, updatable = false)
  private UUID threadId;

  @Column(nullable = false, updatable = false)
  private int ordinal;

  @Enumerated(EnumType.STRING)
  @Column(nullable = false, updatable = false)
  private Role role;

  @Column(nullable = false, updatable = false)
  private String text;

  @Column(nullable = false, updatable = false)
  private boolean truncated;

  @Enumerated(EnumType.STRING)
  @Column(nullable = false)
  private MessageStatus status;

  @Column(updatable = false)
  private @Nullable UUID sessionId;

  @Column(updatable = false)
  private @Nullable Integer attempt;

  @Column(nullable = false, updatable = false)
  private Instant createdAt;

  /** For Hibernate, which fills the fields itself. */
  protected Message() {}

  private Message(MessageId id, ThreadId thread, int ordinal, Role role, String text, Instant now) {
    this.id = id.value();
    this.threadId = thread.value();
    this.ordinal = ordinal;
    this.role = role;
    this.text = text;
    this.status = MessageStatus.COMPLETED;
    this.createdAt = now;
  }

  /**
   * What a person said.
   *
   * @param ordinal its place in the thread, from 1
   * @param session the run that is to answer it
   */
  public static Message ofUser(
      MessageId id, ThreadId thread, int ordinal, String text, SessionId session, Instant now) {
    Message message = new Message(id, thread, ordinal, Role.USER, text, now);
    message.sessionId = session.value();
    return message;
  }

  /** What a run answered. */
  public static Message ofAssistant(
      Reply reply, ThreadId thread, int ordinal, SessionId session, Instant now) {
    Message message = new Message(reply.id(), thread, ordinal, Role.ASSISTANT, reply.text(), now);
    message.sessionId = session.value();
    message.attempt = reply.attempt();
    message.status = reply.status();
    message.truncated = reply.truncated();
    return message;
  }

  void becomes(MessageStatus next) {
    status = next;
  }

  /** The message as the feed tells it. */
  public ThreadChange.Message told() {
    String beginning = beginning();
    return new ThreadChange.Message(
        id(),
        ordinal,
        role,
        status,
        beginning,
        beginning.length() < text.length(),
        truncated,
        session(),
        attempt,
        createdAt);
  }

  private String beginning() {
    int max = ThreadChange.Message.MAX_TEXT;
    if (text.length() <= max) {
      return text;
    }
    // Half of a character outside the basic plane is no text.
    return text.substring(0, Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max);
  }

  public MessageId id() {
    return new MessageId(id);
  }

  public ThreadId thread() {
    return new ThreadId(threadId);
  }

  public int ordinal() {
    return ordinal;
  }

  public Role role() {
    return role;
  }

  public String text() {
    return text;
  }

  public boolean isTruncated() {
    return truncated;
  }

  public MessageStatus status() {
    return status;
  }

  public @Nullable SessionId session() {
    return sessionId == null ? null : new SessionId(sessionId);
  }

  /** Of the run that said it; null for a person's. */
  public @Nullable Integer attempt() {
    return attempt;
  }

  public Instant createdAt() {
    return createdAt;
  }
}
