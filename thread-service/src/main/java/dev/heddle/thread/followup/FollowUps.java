package dev.heddle.thread.followup;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The stored follow-ups. Whoever changes one has locked the run of its thread. */
interface FollowUps {

  @Nullable FollowUp find(ThreadId thread, FollowUpId id);

  /** Those that are queued, in their order. */
  List<FollowUp> queued(ThreadId thread);

  /** The ids of those that are queued, in their order. */
  List<FollowUpId> order(ThreadId thread);

  /** The first of those that are queued. */
  @Nullable FollowUp first(ThreadId thread);

  /** The one that is being sent as this session. */
  @Nullable FollowUp sending(SessionId session);

  /** The one that is queued again after it had been sent as this message. */
  @Nullable FollowUp returned(ThreadId thread, MessageId message);

  /** Adds one behind those that are queued, or ahead of them. */
  void add(FollowUp followUp, boolean ahead);

  /** Stores what became of one; its place stays. */
  void store(FollowUp followUp);

  /** Puts one ahead of all that are queued. */
  void putFirst(FollowUp followUp);

  /** Puts those that are queued into an order, which names each of them once. */
  void arrange(ThreadId thread, List<FollowUpId> order);
}
