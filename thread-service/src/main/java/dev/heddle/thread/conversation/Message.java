package dev.heddle.thread.conversation;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessagePart;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.Role;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TokenUsage;
import dev.heddle.messaging.Json;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/**
 * One message of a conversation. It stays as it was said: an edit or another answer is a sibling,
 * with the same parent. Only what the assistant is still writing changes, and whether what a person
 * said reached an engine; the revision rises with both.
 */
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

  @Column(updatable = false)
  private @Nullable UUID parentId;

  @Column(nullable = false)
  private long revision = 1;

  @Column(nullable = false)
  private String text;

  @JdbcTypeCode(SqlTypes.JSON)
  @Column(nullable = false)
  private String parts = "[]";

  @JdbcTypeCode(SqlTypes.JSON)
  @Column
  private @Nullable String usage;

  @Column(nullable = false)
  private boolean usageOwn;

  @Column(nullable = false)
  private boolean truncated;

  @Enumerated(EnumType.STRING)
  @Column(nullable = false)
  private MessageStatus status;

  @Column(updatable = false)
  private @Nullable UUID sessionId;

  @Column(updatable = false)
  private @Nullable Integer attempt;

  @Column(nullable = false, updatable = false)
  private boolean ofService;

  @Column(nullable = false, updatable = false)
  private Instant createdAt;

  /** For Hibernate, which fills the fields itself. */
  protected Message() {}

  private Message(
      MessageId id,
      ThreadId thread,
      int ordinal,
      Role role,
      @Nullable MessageId parent,
      String text,
      Instant now) {
    this.id = id.value();
    this.threadId = thread.value();
    this.ordinal = ordinal;
    this.role = role;
    this.parentId = parent == null ? null : parent.value();
    this.text = text;
    this.status = MessageStatus.COMPLETED;
    this.createdAt = now;
  }

  /**
   * What a person said.
   *
   * @param ordinal its place in the thread, from 1
   * @param parent what was said before on its branch
   * @param session the run that is to answer it
   */
  public static Message ofUser(
      MessageId id,
      ThreadId thread,
      int ordinal,
      @Nullable MessageId parent,
      String text,
      SessionId session,
      Instant now) {
    Message message = new Message(id, thread, ordinal, Role.USER, parent, text, now);
    message.sessionId = session.value();
    return message;
  }

  /** What a run answered. */
  public static Message ofAssistant(
      Reply reply,
      ThreadId thread,
      int ordinal,
      @Nullable MessageId parent,
      SessionId session,
      Instant now) {
    Message message =
        new Message(reply.id(), thread, ordinal, Role.ASSISTANT, parent, reply.text(), now);
    message.sessionId = session.value();
    message.attempt = reply.attempt();
    message.take(reply);
    return message;
  }

  /** What the thread itself says where a run could not: why it failed. */
  public static Message ofService(
      Reply reply,
      ThreadId thread,
      int ordinal,
      @Nullable MessageId parent,
      SessionId session,
      Instant now) {
    Message message = ofAssistant(reply, thread, ordinal, parent, session, now);
    message.ofService = true;
    return message;
  }

  /** Notes that what a person said reached no engine, or did after all. */
  boolean becomes(MessageStatus next) {
    if (next == status) {
      return false;
    }
    status = next;
    revision++;
    return true;
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
        createdAt,
        parent());
  }

  private String beginning() {
    int max = ThreadChange.Message.MAX_TEXT;
    if (text.length() <= max) {
      return text;
    }
    // Half of a character outside the basic plane is no text.
    return text.substring(0, Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max);
  }

  /**
   * The same message in another thread, which its run has nothing to do with; what is still being
   * written is cut short there.
   */
  public Message copied(MessageId copy, ThreadId thread, int place, @Nullable MessageId behind) {
    Message message = new Message(copy, thread, place, role, behind, text, createdAt);
    message.parts = Parts.write(Parts.closed(Parts.read(parts)));
    message.usage = usage;
    message.usageOwn = usageOwn;
    message.ofService = ofService;
    message.truncated = truncated;
    message.status = status.isOpen() ? MessageStatus.CANCELLED : status;
    return message;
  }

  /**
   * Takes over what the run has written since.
   *
   * @return whether that changed it; a message that is final stays as it is
   */
  public boolean rewrite(Reply reply) {
    if (!status.isOpen()) {
      return false;
    }
    text = reply.text();
    take(reply);
    revision++;
    return true;
  }

  /**
   * Ends a message that its run has left open, and the tool calls in it.
   *
   * @return whether that changed it
   */
  public boolean close(MessageStatus end) {
    if (!status.isOpen()) {
      return false;
    }
    parts = Parts.write(Parts.closed(parts()));
    status = end;
    revision++;
    return true;
  }

  /**
   * Notes what the message cost, where its run did not say so with the message itself.
   *
   * @param share of this message in what its attempt has cost so far
   * @return whether that changed it
   */
  public boolean cost(TokenUsage share) {
    if (usageOwn || share.equals(usage())) {
      return false;
    }
    usage = Json.string(share);
    revision++;
    return true;
  }

  private void take(Reply reply) {
    // Also an engine that was cut off must leave nothing running in what is final.
    parts = Parts.write(reply.status().isOpen() ? reply.parts() : Parts.closed(reply.parts()));
    status = reply.status();
    truncated = reply.truncated();
    if (reply.usage() != null) {
      usage = Json.string(reply.usage());
      usageOwn = true;
    }
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

  /** What was said before it on its branch; null for what a conversation began with. */
  public @Nullable MessageId parent() {
    return parentId == null ? null : new MessageId(parentId);
  }

  /** Rises with each change, from 1. */
  public long revision() {
    return revision;
  }

  /** The plain text of it. */
  public String text() {
    return text;
  }

  /** What it is made of, in order; of a message that is text alone, that. */
  public List<MessagePart> parts() {
    List<MessagePart> stored = Parts.read(parts);
    return stored.isEmpty() && !text.isEmpty() ? List.of(new MessagePart.Text(text)) : stored;
  }

  public @Nullable TokenUsage usage() {
    return usage == null
        ? null
        : Json.read(usage.getBytes(StandardCharsets.UTF_8), TokenUsage.class);
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
