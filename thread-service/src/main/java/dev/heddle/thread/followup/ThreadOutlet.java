package dev.heddle.thread.followup;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.messaging.LogScope;
import dev.heddle.thread.conversation.Conversation;
import dev.heddle.thread.conversation.Conversations;
import dev.heddle.thread.conversation.Messages;
import dev.heddle.thread.project.Project;
import dev.heddle.thread.project.Projects;
import dev.heddle.thread.run.Held;
import dev.heddle.thread.run.ThreadRun;
import dev.heddle.thread.turn.LockedThread;
import dev.heddle.thread.turn.Turns;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** The outlet into the stored thread. */
@Component
class ThreadOutlet implements Outlet {

  private final Conversations conversations;
  private final Messages messages;
  private final Projects projects;
  private final Turns turns;
  private final ObjectProvider<QueueHold> holds;

  ThreadOutlet(
      Conversations conversations,
      Messages messages,
      Projects projects,
      Turns turns,
      ObjectProvider<QueueHold> holds) {
    this.conversations = conversations;
    this.messages = messages;
    this.projects = projects;
    this.turns = turns;
    this.holds = holds;
  }

  @Override
  public FollowUp.Delivery begin(ThreadRun run, FollowUp next, Instant now) {
    Conversation conversation = conversations.lock(run.thread());
    Project project = projects.byId(conversation.project());
    projects.hold(project);
    // Its run belongs to the request that brought it, not to the one that made room for it.
    try (var _ = next.trace() == null ? LogScope.here() : LogScope.of(next.trace())) {
      Turns.Begun begun =
          turns.begin(
              new LockedThread(run, conversation, project),
              next.said(),
              next.createdBy(),
              "follow-up sent",
              now);
      return new FollowUp.Delivery(begun.session(), begun.message());
    }
  }

  @Override
  public void mark(MessageId message, MessageStatus status) {
    messages.mark(message, status);
  }

  @Override
  public boolean isArchived(ThreadRun run) {
    return conversations.lock(run.thread()).isArchived();
  }

  @Override
  public @Nullable Held hold(ThreadRun run) {
    return holds
        .orderedStream()
        .map(hold -> hold.held(run.thread()))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }
}
