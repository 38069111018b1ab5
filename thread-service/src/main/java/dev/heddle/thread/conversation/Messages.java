package dev.heddle.thread.conversation;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The stored messages. Those of a thread are a tree; a branch is the path to one of them. */
public interface Messages {

  /** Adds a message, and notes it for those who follow its thread. */
  void add(Message message);

  /**
   * Adds one to a thread that is made of another; those who follow the new thread are told where
   * its branch ends, and read it from there.
   */
  void addCopy(Message message);

  /** Notes for those who follow its thread that a message became another. */
  void changed(Message message);

  /** Marks a message that reached no engine as failed, or one that does after all as whole. */
  void mark(MessageId id, MessageStatus status);

  @Nullable Message find(MessageId id);

  /** Those that a session has not finished. */
  List<Message> openOf(SessionId session);

  /** Of all that followed a message, on any branch, what came last; itself where nothing did. */
  MessageId newestBelow(MessageId id);

  /** Whether one message is on the path to another, or is it. */
  boolean isOnPath(MessageId id, @Nullable MessageId leaf);

  /** What was said last on the path to a message, and with it, the oldest first. */
  List<Utterance> lastOfPath(MessageId leaf, int count);

  /** All of a thread in their order, those after an ordinal. */
  List<Message> all(ThreadId thread, int afterOrdinal, int count);

  /** Those of the path to one, in their order, those after an ordinal. */
  List<Message> path(@Nullable MessageId leaf, int afterOrdinal, int count);

  /** The ends of all branches of a thread, the newest first. */
  List<Message> leaves(ThreadId thread, int beforeOrdinal, int count);

  /**
   * The children of some messages, the oldest first; under the empty key those without a parent.
   *
   * @param parents null among them stands for no parent
   */
  Map<String, List<MessageId>> children(
      ThreadId thread, Collection<? extends @Nullable MessageId> parents);
}
