package dev.heddle.session.api;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MachineState;
import dev.heddle.rest.Page;
import dev.heddle.rest.ProblemException;
import dev.heddle.rest.Refuses;
import dev.heddle.security.Caller;
import dev.heddle.session.command.MachineCommands;
import dev.heddle.session.machine.Machine;
import dev.heddle.session.machine.Machines;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Machines over HTTP. */
@RestController
@RequestMapping("/api/machines")
class MachineController {

  private final Machines machines;
  private final MachineCommands commands;
  private final TransactionTemplate transactions;

  MachineController(Machines machines, MachineCommands commands, TransactionTemplate transactions) {
    this.machines = machines;
    this.commands = commands;
    this.transactions = transactions;
  }

  /** The command that was given, and what is wanted of the machine with it. */
  record Commanded(CommandId commandId, MachineId machine, MachineState wanted) {}

  /** Lists every machine that was ever heard of, all on one page. */
  @GetMapping
  Page<MachineView> list() {
    var busy = machines.occupied();
    return new Page<>(
        machines.all().stream()
            .map(machine -> MachineView.of(machine, busy.getOrDefault(machine.id(), 0)))
            .toList(),
        null);
  }

  /**
   * Shows a machine.
   *
   * @param id the machine's name
   */
  @Refuses({"invalid_machine", "unknown_machine"})
  @GetMapping("/{id}")
  MachineView one(@PathVariable String id) {
    Machine machine =
        machines.find(PathIds.machine(id)).orElseThrow(() -> unknown(PathIds.machine(id)));
    return MachineView.of(machine, machines.occupied().getOrDefault(machine.id(), 0));
  }

  /**
   * Lets a machine finish what it has and take nothing new, until it is told to resume.
   *
   * @param id the machine's name
   */
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Refuses({"invalid_machine", "unknown_machine"})
  @PostMapping("/{id}/drain")
  ResponseEntity<Commanded> drain(@PathVariable String id, Caller caller) {
    return command(id, MachineState.DRAINING, machine -> commands.drain(machine, caller.name()));
  }

  /**
   * Lets a drained machine take sessions again.
   *
   * @param id the machine's name
   */
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Refuses({"invalid_machine", "unknown_machine"})
  @PostMapping("/{id}/resume")
  ResponseEntity<Commanded> resume(@PathVariable String id, Caller caller) {
    return command(id, MachineState.ONLINE, machine -> commands.resume(machine, caller.name()));
  }

  /**
   * Lets a machine look again which engines it has, in which versions, with which models, and
   * whether they can start; as it does when it starts. What it finds is shown once its heartbeat
   * tells of it.
   *
   * @param id the machine's name
   */
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Refuses({"invalid_machine", "unknown_machine"})
  @PostMapping("/{id}/discover")
  ResponseEntity<Commanded> discover(@PathVariable String id, Caller caller) {
    return command(
        id,
        machine ->
            new Commanded(
                commands.discover(machine, caller.name()), machine.id(), machine.wanted()));
  }

  private ResponseEntity<Commanded> command(
      String text, MachineState wanted, Function<Machine, CommandId> give) {
    return command(text, machine -> new Commanded(give.apply(machine), machine.id(), wanted));
  }

  private ResponseEntity<Commanded> command(String text, Function<Machine, Commanded> give) {
    MachineId id = PathIds.machine(text);
    return ResponseEntity.accepted()
        .body(
            Objects.requireNonNull(
                transactions.execute(status -> {
                  Machine machine = machines.lock(List.of(id)).get(id);
                  if (machine == null) {
                    throw unknown(id);
                  }
                  return give.apply(machine);
                })));
  }

  private static ProblemException unknown(MachineId id) {
    return new ProblemException(
        SessionError.UNKNOWN_MACHINE, "no machine called %s was ever heard of".formatted(id));
  }
}
