package dev.heddle.session.command;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.ControlMessage;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Outbox;
import dev.heddle.session.session.Attempt;
import dev.heddle.session.session.Change;
import dev.heddle.session.session.Lifecycle;
import dev.heddle.session.session.Session;
import dev.heddle.session.session.SessionBatch;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Ends a session that someone does not want any more, in the caller's transaction. */
@Component
@Transactional(propagation = Propagation.MANDATORY)
public class SessionCancel {

  private final Commands commands;
  private final Outbox outbox;
  private final Ids ids;
  private final Clock clock;

  SessionCancel(Commands commands, Outbox outbox, Ids ids, Clock clock) {
    this.commands = commands;
    this.outbox = outbox;
    this.ids = ids;
    this.clock = clock;
  }

  /** What became of a cancel. */
  public sealed interface Result {

    /** It is over, or will be; a repeated cancel gets the command of the first. */
    record Accepted(CommandId commandId, Session session) implements Result {}

    /** It had ended before. */
    record AlreadyOver(Session session) implements Result {}
  }

  /**
   * Cancels a session of the batch: a queued one at once, any other through its worker.
   *
   * @param reason for people; null where a person just said so
   */
  public Result cancel(SessionBatch batch, Session session, String by, @Nullable String reason) {
    Instant now = clock.instant();
    if (session.status().isDone()) {
      return new Result.AlreadyOver(session);
    }
    if (session.status() == SessionStatus.STOPPING) {
      CommandId known =
          commands
              .cancelOf(session.id(), session.attemptNumber())
              .map(Command::id)
              .orElseGet(() -> send(session, by, now));
      return new Result.Accepted(known, session);
    }
    Optional<Change> change = Lifecycle.cancel(session, by, reason, now);
    change.ifPresent(batch::apply);
    Session after = batch.find(session.id()).orElseThrow();
    if (after.status().isDone()) {
      return new Result.Accepted(settled(after.id(), by, now), after);
    }
    return new Result.Accepted(send(after, by, now), after);
  }

  private CommandId settled(SessionId session, String by, Instant now) {
    CommandId id = new CommandId(ids.next());
    commands.insert(
        new Command(
            id, Command.Kind.CANCEL, session, null, null, by, now, Command.State.ACCEPTED, null));
    return id;
  }

  private CommandId send(Session session, String by, Instant now) {
    Attempt attempt = session.attempt();
    if (attempt == null) {
      throw new IllegalStateException("session %s is in nobody's hands".formatted(session.id()));
    }
    Command command =
        new Command(
            new CommandId(ids.next()),
            Command.Kind.CANCEL,
            session.id(),
            attempt.number(),
            attempt.machine(),
            by,
            now,
            Command.State.SENT,
            null);
    commands.insert(command);
    tell(command, attempt.machine(), session.id(), attempt.number());
    return command.id();
  }

  private void tell(Command command, MachineId machine, SessionId session, int attempt) {
    outbox.send(
        Topics.SESSION_CONTROL,
        machine.value(),
        new ControlMessage.CancelRun(
            machine, command.id(), session, attempt, command.requestedBy(), command.createdAt()));
  }

  /** Tells the worker once more; it knows the command by its id. */
  void sendAgain(Command command) {
    MachineId machine = command.machine();
    SessionId session = command.sessionId();
    Integer attempt = command.attempt();
    if (machine != null && session != null && attempt != null) {
      tell(command, machine, session, attempt);
    }
  }
}
