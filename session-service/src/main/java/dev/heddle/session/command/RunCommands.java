package dev.heddle.session.command;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.ControlMessage;
import dev.heddle.contracts.ControlMessage.AnswerDelegation;
import dev.heddle.contracts.ControlMessage.DecideApproval;
import dev.heddle.contracts.ControlMessage.InputRun;
import dev.heddle.contracts.SessionFact.CommandAnswered;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.DecisionRequested;
import dev.heddle.contracts.SessionRequest.DelegationAnswered;
import dev.heddle.contracts.SessionRequest.InputRequested;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Outbox;
import dev.heddle.session.session.Attempt;
import dev.heddle.session.session.AttemptsClosed;
import dev.heddle.session.session.Session;
import dev.heddle.session.session.SessionBatch;
import dev.heddle.session.session.SessionChanges;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Passes decisions, input and replies on to whoever runs a session, in the caller's transaction.
 * Each is known by the id that its asker gave it and ends as accepted, rejected or expired, which
 * is told.
 */
@Component
@Transactional(propagation = Propagation.MANDATORY)
public class RunCommands {

  /** How many overdue ones are ended at once. */
  private static final int BATCH = 100;

  private final Commands commands;
  private final SessionCancel cancels;
  private final SessionChanges changes;
  private final CommandSettings settings;
  private final Outbox outbox;
  private final Clock clock;

  RunCommands(
      Commands commands,
      SessionCancel cancels,
      SessionChanges changes,
      CommandSettings settings,
      Outbox outbox,
      Clock clock) {
    this.commands = commands;
    this.cancels = cancels;
    this.changes = changes;
    this.settings = settings;
    this.outbox = outbox;
    this.clock = clock;
  }

  /** Tells the engine of a session of the batch what was decided. */
  public void decide(SessionBatch batch, Session session, DecisionRequested request) {
    Command command =
        command(session, Command.Kind.DECISION, request.commandId(), request.requestedBy());
    Attempt attempt = session.attempt();
    String obstacle = obstacle(session);
    if (obstacle == null
        && attempt != null
        && !attempt.waitsFor(request.decision().approvalId().value())) {
      obstacle = "the engine does not wait for it any more";
    }
    pass(
        batch,
        session,
        command,
        obstacle,
        held ->
            new DecideApproval(
                held.machine(),
                command.id(),
                session.id(),
                held.number(),
                request.decision(),
                command.requestedBy(),
                command.createdAt()));
  }

  /** Says something to the engine of a session of the batch while it runs. */
  public void input(SessionBatch batch, Session session, InputRequested request) {
    Command command =
        command(session, Command.Kind.INPUT, request.commandId(), request.requestedBy());
    pass(
        batch,
        session,
        command,
        obstacle(session),
        held ->
            new InputRun(
                held.machine(),
                command.id(),
                session.id(),
                held.number(),
                request.text(),
                command.requestedBy(),
                command.createdAt()));
  }

  /** Tells the engine of a session of the batch what became of a task that it delegated. */
  public void answer(SessionBatch batch, Session session, DelegationAnswered request) {
    Command command =
        command(session, Command.Kind.DELEGATION, request.commandId(), Topics.THREAD_SERVICE);
    String obstacle = obstacle(session);
    if (obstacle == null && session.attemptNumber() != request.attempt()) {
      obstacle = "attempt %d, which delegated it, is over".formatted(request.attempt());
    }
    pass(
        batch,
        session,
        command,
        obstacle,
        held ->
            new AnswerDelegation(
                held.machine(),
                command.id(),
                session.id(),
                held.number(),
                request.reply(),
                command.createdAt()));
  }

  /** Takes a worker's answer to any command of a session of the batch. */
  public void answered(SessionBatch batch, Session session, CommandAnswered answer) {
    commands
        .answered(answer.commandId(), answer.accepted(), answer.reason())
        .filter(Command::isAskedFor)
        .ifPresent(command -> batch.settled(session.id(), command.outcome()));
  }

  /** Tells the worker once more; it knows the command by its id. */
  public void sendAgain(Command command) {
    if (command.kind() == Command.Kind.CANCEL) {
      cancels.sendAgain(command);
    } else {
      commands.message(command.id()).ifPresent(this::send);
    }
  }

  /** What makes a message of the attempt that it is for. */
  private interface Message {
    ControlMessage to(Attempt attempt);
  }

  private void pass(
      SessionBatch batch,
      Session session,
      Command command,
      @Nullable String obstacle,
      Message message) {
    Command known = commands.find(command.id()).orElse(null);
    if (known != null) {
      // One that is under way is repeated to the worker by its heartbeats.
      if (known.state() != Command.State.SENT) {
        batch.settled(session.id(), known.outcome());
      }
    } else if (obstacle != null) {
      Command refused = command.ended(Command.State.REJECTED, obstacle);
      commands.insert(refused);
      batch.settled(session.id(), refused.outcome());
    } else {
      ControlMessage told = message.to(Objects.requireNonNull(session.attempt()));
      commands.insert(command);
      commands.keep(command.id(), told);
      send(told);
    }
  }

  private void send(ControlMessage message) {
    outbox.send(Topics.SESSION_CONTROL, message.key(), message);
  }

  private Command command(Session session, Command.Kind kind, CommandId id, String by) {
    Attempt attempt = session.inHands() ? session.attempt() : null;
    return new Command(
        id,
        kind,
        session.id(),
        attempt == null ? null : attempt.number(),
        attempt == null ? null : attempt.machine(),
        by,
        clock.instant(),
        Command.State.SENT,
        null);
  }

  /** Why nobody can hear it; null if the engine can. */
  private static @Nullable String obstacle(Session session) {
    SessionStatus status = session.status();
    return switch (status) {
      case RUNNING, WAITING -> null;
      case QUEUED -> "nobody runs the session now; it is queued";
      case CLAIMED -> "the engine has not started yet";
      case STOPPING -> "the run is being stopped";
      case COMPLETED, FAILED, CANCELLED -> "the run is over: " + status.wire();
    };
  }

  /** Ends what no worker has answered in time. */
  @Transactional
  void expireOverdue() {
    Instant askedBefore = clock.instant().minus(settings.answerWithin());
    List<Command> overdue = commands.overdue(askedBefore, BATCH);
    if (overdue.isEmpty()) {
      return;
    }
    SessionBatch batch =
        changes.begin(
            overdue.stream()
                .map(command -> Objects.requireNonNull(command.sessionId()))
                .distinct()
                .toList());
    String why = "the worker did not answer within " + settings.answerWithin();
    for (Command command : overdue) {
      SessionId session = Objects.requireNonNull(command.sessionId());
      commands
          .settle(command.id(), Command.State.EXPIRED, why)
          .ifPresent(ended -> batch.settled(session, ended.outcome()));
    }
    changes.store(batch);
  }

  // Before what hangs on the commands of an attempt can be removed.
  @EventListener
  @Order(0)
  void on(AttemptsClosed closed) {
    Instant now = clock.instant();
    for (AttemptsClosed.Closed one : closed.attempts()) {
      List<Command> asked =
          commands.expire(one.session().id(), one.attempt(), now).stream()
              .filter(Command::isAskedFor)
              .toList();
      if (!asked.isEmpty()) {
        changes.tell(one.session(), asked.stream().map(Command::outcome).toList());
      }
    }
  }
}
