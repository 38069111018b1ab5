package dev.heddle.thread.dispatch;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.CommandOutcome;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.Topics;
import dev.heddle.thread.audit.Audit;
import dev.heddle.thread.audit.AuditAction;
import dev.heddle.thread.conversation.Message;
import dev.heddle.thread.conversation.Messages;
import dev.heddle.thread.followup.FollowUpQueue;
import dev.heddle.thread.run.RunStatus;
import dev.heddle.thread.run.Runs;
import dev.heddle.thread.run.SessionsFollowed;
import dev.heddle.thread.run.Steering;
import dev.heddle.thread.run.ThreadRun;
import dev.heddle.thread.turn.Said;
import dev.heddle.thread.turn.Turns;
import java.time.Clock;
import java.time.Instant;
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
 * Messages that join the turn that runs, where its engine takes them. One that it does not take
 * after all is what the thread answers next.
 */
@Component
class SteeredMessages {

  private static final Logger log = LoggerFactory.getLogger(SteeredMessages.class);

  private final Steering steering;
  private final SteeredRows rows;
  private final Turns turns;
  private final FollowUpQueue queue;
  private final Runs runs;
  private final Messages messages;
  private final Audit audit;
  private final Clock clock;
  private final Ids ids;

  SteeredMessages(
      Steering steering,
      SteeredRows rows,
      Turns turns,
      FollowUpQueue queue,
      Runs runs,
      Messages messages,
      Audit audit,
      Clock clock,
      Ids ids) {
    this.steering = steering;
    this.rows = rows;
    this.turns = turns;
    this.queue = queue;
    this.runs = runs;
    this.messages = messages;
    this.audit = audit;
    this.clock = clock;
    this.ids = ids;
  }

  /** Offers a message to the active run, and stores it if it is taken; null if it is not. */
  @Nullable MessageId offer(ThreadRun run, SessionId session, Said said, String by, Instant now) {
    // What is being ended, or has no engine yet, would take it and never answer.
    if (run.status() != RunStatus.RUNNING && run.status() != RunStatus.WAITING) {
      return null;
    }
    MessageId message = new MessageId(ids.next());
    CommandId command = steering.steer(run, message, said.text(), by, now);
    if (command == null) {
      return null;
    }
    turns.join(run, message, session, said.text(), by, now);
    rows.add(command, message, said, by);
    return message;
  }

  /**
   * Puts what engines have not taken ahead of all that waits, once, since each command ends once.
   * The message stays where it was said, as one that nobody has answered.
   */
  @EventListener
  @Transactional(propagation = Propagation.MANDATORY)
  public void on(SessionsFollowed followed) {
    for (CommandOutcome outcome : followed.outcomes()) {
      SteeredRows.Steered steered = rows.take(outcome.commandId());
      if (steered != null && outcome.result() != CommandOutcome.Result.ACCEPTED) {
        comeBack(steered, outcome);
      }
    }
  }

  private void comeBack(SteeredRows.Steered steered, CommandOutcome outcome) {
    Message message = messages.find(steered.message());
    ThreadRun run = message == null ? null : runs.lock(message.thread());
    if (message == null || run == null) {
      return;
    }
    messages.mark(message.id(), MessageStatus.FAILED);
    audit.ofThread(
        AuditAction.FOLLOW_UP_QUEUED,
        run.thread(),
        Topics.SESSION_SERVICE,
        message.session(),
        List.of());
    log.atInfo()
        .addKeyValue("thread", run.thread())
        .addKeyValue("result", outcome.result().wire())
        .addKeyValue("reason", outcome.reason())
        .log("steered message was not taken");
    queue.comeBack(
        run,
        new Said(message.text(), steered.settings(), steered.priority()),
        steered.by(),
        steered.trace(),
        clock.instant().truncatedTo(ChronoUnit.MICROS));
  }
}
