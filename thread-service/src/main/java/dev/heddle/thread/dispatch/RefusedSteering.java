package dev.heddle.thread.dispatch;

import dev.heddle.contracts.CommandOutcome;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.Priority;
import dev.heddle.contracts.SessionRequest.InputRequested;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.audit.Audit;
import dev.heddle.thread.audit.AuditAction;
import dev.heddle.thread.conversation.Messages;
import dev.heddle.thread.conversation.SettingsInput;
import dev.heddle.thread.followup.FollowUpQueue;
import dev.heddle.thread.run.Runs;
import dev.heddle.thread.run.SessionCommands;
import dev.heddle.thread.run.SessionsFollowed;
import dev.heddle.thread.run.ThreadRun;
import dev.heddle.thread.turn.Said;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Messages that were to join a turn and could not, since its engine did not take them or was gone:
 * they become the first of the follow-ups. What stands in the conversation is marked as failed.
 */
@Component
@Transactional(propagation = Propagation.MANDATORY)
class RefusedSteering {

  private static final Logger log = LoggerFactory.getLogger(RefusedSteering.class);

  private final SessionCommands commands;
  private final Messages messages;
  private final FollowUpQueue queue;
  private final Runs runs;
  private final Audit audit;
  private final Clock clock;

  RefusedSteering(
      SessionCommands commands,
      Messages messages,
      FollowUpQueue queue,
      Runs runs,
      Audit audit,
      Clock clock) {
    this.commands = commands;
    this.messages = messages;
    this.queue = queue;
    this.runs = runs;
    this.audit = audit;
    this.clock = clock;
  }

  /** Backwards, since each goes before all that wait. */
  @EventListener
  void on(SessionsFollowed followed) {
    for (CommandOutcome outcome : followed.outcomes().reversed()) {
      if (outcome.result() != CommandOutcome.Result.ACCEPTED) {
        commands.input(outcome.commandId()).ifPresent(said -> queue(said, outcome));
      }
    }
  }

  private void queue(InputRequested said, CommandOutcome outcome) {
    ThreadId thread = said.threadId();
    @Nullable ThreadRun run = thread == null ? null : runs.find(thread);
    if (run == null) {
      return;
    }
    messages.mark(new MessageId(outcome.commandId().value()), MessageStatus.FAILED);
    audit.ofThread(
        AuditAction.FOLLOW_UP_QUEUED,
        run.thread(),
        said.requestedBy(),
        said.sessionId(),
        List.of());
    queue.putAhead(
        run,
        new Said(said.text(), SettingsInput.unchanged(), Priority.NORMAL),
        said.requestedBy(),
        clock.instant().truncatedTo(ChronoUnit.MICROS));
    log.atInfo()
        .addKeyValue("thread", run.thread())
        .addKeyValue("session", said.sessionId())
        .addKeyValue("result", outcome.result().wire())
        .log("refused steering queued");
  }
}
