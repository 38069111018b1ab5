package dev.heddle.session.command;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.ControlMessage;
import dev.heddle.contracts.Heartbeat;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Outbox;
import dev.heddle.session.ReleaseDue;
import dev.heddle.session.machine.Machine;
import dev.heddle.session.machine.MachineFeed;
import dev.heddle.session.machine.Machines;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Drains machines and lets them take sessions again. The operator's word holds at once for offers;
 * the worker answers with the state that its heartbeats tell.
 */
@Component
@Transactional(propagation = Propagation.MANDATORY)
public class MachineCommands {

  private final Commands commands;
  private final Machines machines;
  private final MachineFeed feed;
  private final Outbox outbox;
  private final Ids ids;
  private final Clock clock;
  private final ApplicationEventPublisher signals;

  MachineCommands(
      Commands commands,
      Machines machines,
      MachineFeed feed,
      Outbox outbox,
      Ids ids,
      Clock clock,
      ApplicationEventPublisher signals) {
    this.commands = commands;
    this.machines = machines;
    this.feed = feed;
    this.outbox = outbox;
    this.ids = ids;
    this.clock = clock;
    this.signals = signals;
  }

  /** The machine finishes what it has and is offered nothing new, also after a restart. */
  public CommandId drain(Machine machine, String by) {
    return want(machine, MachineState.DRAINING, Command.Kind.DRAIN, by);
  }

  /** The machine takes sessions again. */
  public CommandId resume(Machine machine, String by) {
    return want(machine, MachineState.ONLINE, Command.Kind.RESUME, by);
  }

  /**
   * The machine looks again which engines it has. Not kept as a command: what it finds comes with
   * its heartbeats, and one that is offline looks when it starts.
   */
  public CommandId discover(Machine machine, String by) {
    CommandId id = new CommandId(ids.next());
    if (machine.state() != MachineState.OFFLINE) {
      outbox.send(
          Topics.SESSION_CONTROL,
          machine.id().value(),
          new ControlMessage.DiscoverEngines(machine.id(), id, by, clock.instant()));
    }
    return id;
  }

  private CommandId want(Machine machine, MachineState wanted, Command.Kind kind, String by) {
    if (machines.want(machine.id(), wanted)) {
      feed.tell(machine.id(), by, clock.instant());
    }
    CommandId id = issue(machine, kind, by);
    signals.publishEvent(new ReleaseDue());
    return id;
  }

  private CommandId issue(Machine machine, Command.Kind kind, String by) {
    Instant now = clock.instant();
    commands.expireMachine(machine.id(), "a newer command took its place", now);
    boolean told = machine.state() != MachineState.OFFLINE;
    Command command =
        new Command(
            new CommandId(ids.next()),
            kind,
            null,
            null,
            machine.id(),
            by,
            now,
            told ? Command.State.SENT : Command.State.ACCEPTED,
            told ? null : "the machine is offline; it holds when it comes back");
    commands.insert(command);
    if (told) {
      send(command, machine.id());
    }
    return command.id();
  }

  private void send(Command command, MachineId machine) {
    ControlMessage message =
        command.kind() == Command.Kind.DRAIN
            ? new ControlMessage.DrainMachine(
                machine, command.id(), command.requestedBy(), command.createdAt())
            : new ControlMessage.ResumeMachine(
                machine, command.id(), command.requestedBy(), command.createdAt());
    outbox.send(Topics.SESSION_CONTROL, machine.value(), message);
  }

  /**
   * Compares what a worker says of itself with what operators want, and tells it again where that
   * differs.
   *
   * @param unanswered the last command to it that its heartbeats have not answered
   */
  public void reconcile(Machine machine, Heartbeat heartbeat, @Nullable Command unanswered) {
    boolean drains = heartbeat.state() == MachineState.DRAINING;
    if (unanswered != null) {
      boolean done = drains == (unanswered.kind() == Command.Kind.DRAIN);
      if (done) {
        commands.answered(unanswered.id(), true, null);
      } else {
        send(unanswered, machine.id());
      }
    } else if (machine.wanted() == MachineState.DRAINING
        && heartbeat.state() == MachineState.ONLINE) {
      // It was started again since, and does not know.
      issue(machine, Command.Kind.DRAIN, "session-service");
    }
  }
}
