package dev.heddle.session.lease;

import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.ControlMessage;
import dev.heddle.contracts.Heartbeat;
import dev.heddle.contracts.Heartbeat.HeldClaim;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.Topics;
import dev.heddle.messaging.LogScope;
import dev.heddle.messaging.Outbox;
import dev.heddle.session.ReleaseDue;
import dev.heddle.session.attempt.LostAttempts.Loss;
import dev.heddle.session.attempt.Slot;
import dev.heddle.session.attempt.Slots;
import dev.heddle.session.claim.Claims;
import dev.heddle.session.claim.Grants;
import dev.heddle.session.command.Command;
import dev.heddle.session.command.Commands;
import dev.heddle.session.command.MachineCommands;
import dev.heddle.session.command.RunCommands;
import dev.heddle.session.machine.Machine;
import dev.heddle.session.session.Attempt;
import dev.heddle.session.session.Session;
import dev.heddle.session.session.Sessions;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Takes heartbeats: keeps the registry, and sends again what did not arrive. */
@Component
@Transactional(propagation = Propagation.MANDATORY)
class HeartbeatDesk {

  private static final Logger log = LoggerFactory.getLogger(HeartbeatDesk.class);

  private final Registry registry;
  private final Slots slots;
  private final Claims claims;
  private final Grants grants;
  private final Sessions sessions;
  private final Commands commands;
  private final RunCommands runCommands;
  private final MachineCommands machineCommands;
  private final Outbox outbox;
  private final Clock clock;
  private final ApplicationEventPublisher signals;

  HeartbeatDesk(
      Registry registry,
      Slots slots,
      Claims claims,
      Grants grants,
      Sessions sessions,
      Commands commands,
      RunCommands runCommands,
      MachineCommands machineCommands,
      Outbox outbox,
      Clock clock,
      ApplicationEventPublisher signals) {
    this.registry = registry;
    this.slots = slots;
    this.claims = claims;
    this.grants = grants;
    this.sessions = sessions;
    this.commands = commands;
    this.runCommands = runCommands;
    this.machineCommands = machineCommands;
    this.outbox = outbox;
    this.clock = clock;
    this.signals = signals;
  }

  /**
   * What a batch of heartbeats says.
   *
   * @param alive the heartbeats that renew leases
   * @param lost attempts that their workers do not know any more
   */
  record Outcome(List<Heartbeat> alive, List<Loss> lost) {}

  /** Takes the last heartbeat of each machine. */
  Outcome take(Collection<Heartbeat> heartbeats) {
    Instant now = clock.instant();
    Registry.Registered registered = registry.register(heartbeats, now);
    List<Loss> lost = reconcile(registered.alive(), registered.machines(), now);
    if (registered.changed()) {
      signals.publishEvent(new ReleaseDue());
    }
    return new Outcome(registered.alive(), lost);
  }

  private List<Loss> reconcile(
      List<Heartbeat> alive, Map<MachineId, Machine> registered, Instant now) {
    // Answers before slots: what was granted in between is then in both.
    Map<ClaimId, Claims.Answer> answers =
        claims.answers(
            alive.stream()
                .flatMap(heartbeat -> heartbeat.held().stream())
                .map(HeldClaim::claimId)
                .toList());
    Map<MachineId, List<Slot>> slotsOf =
        slots.of(registered.keySet()).stream().collect(Collectors.groupingBy(Slot::machine));
    Map<MachineId, Command> unanswered = commands.unansweredOf(registered.keySet());
    List<Loss> lost = new ArrayList<>();
    List<Slot> grantAgain = new ArrayList<>();
    List<Slot> current = new ArrayList<>();
    List<Again> again = new ArrayList<>();
    for (Heartbeat heartbeat : alive) {
      MachineId machine = heartbeat.machineId();
      Reconciliation found =
          Reconciliation.of(heartbeat, slotsOf.getOrDefault(machine, List.of()), answers);
      found.lost().forEach(one -> lost.add(new Loss(one.slot(), one.why(), false)));
      grantAgain.addAll(found.grantAgain());
      current.addAll(found.current());
      found.stop().forEach(claim -> again.add(new Again(heartbeat, claim, true)));
      found.denyAgain().forEach(claim -> again.add(new Again(heartbeat, claim, false)));
      if (heartbeat.state() != MachineState.OFFLINE) {
        machineCommands.reconcile(
            Objects.requireNonNull(registered.get(machine)), heartbeat, unanswered.get(machine));
      }
    }
    grantAgain(grantAgain, alive, now);
    List<Command> ofSessions =
        commands.unansweredOfSessions(current.stream().map(Slot::sessionId).toList());
    Map<SessionId, Session> concerned =
        sessions.findAll(
            Stream.concat(
                    ofSessions.stream().map(Command::sessionId).filter(Objects::nonNull),
                    again.stream().map(one -> one.claim.sessionId()))
                .distinct()
                .toList());
    ofSessions.forEach(command -> {
      try (var _ = scope(concerned.get(command.sessionId()))) {
        runCommands.sendAgain(command);
      }
    });
    again.forEach(one -> {
      try (var _ =
          scope(concerned.get(one.claim.sessionId()))
              .session(one.claim.sessionId(), null, one.claim.attempt())) {
        if (one.stop) {
          stop(one.heartbeat.machineId(), one.claim, now);
        } else {
          deny(one.heartbeat, one.claim, answers, now);
        }
      }
    });
    return lost;
  }

  /** A claim that a heartbeat holds and may not: to be stopped, or denied once more. */
  private record Again(Heartbeat heartbeat, HeldClaim claim, boolean stop) {}

  /** What is sent again belongs to the trace of its session, not to one of the heartbeat. */
  private static LogScope scope(@Nullable Session session) {
    return session == null ? LogScope.here() : session.scope();
  }

  private void grantAgain(List<Slot> missed, List<Heartbeat> asking, Instant now) {
    if (missed.isEmpty()) {
      return;
    }
    Map<SessionId, Session> found = sessions.findAll(missed.stream().map(Slot::sessionId).toList());
    List<Session> still =
        missed.stream()
            .map(slot -> found.get(slot.sessionId()))
            .filter(Objects::nonNull)
            .filter(Session::inHands)
            .filter(session -> holdsOneOf(session, missed))
            .toList();
    Map<MachineId, Long> asked =
        asking.stream().collect(Collectors.toMap(Heartbeat::machineId, Heartbeat::sequence));
    grants.grant(still, asked, now);
  }

  private static boolean holdsOneOf(Session session, List<Slot> slots) {
    Attempt attempt = session.attempt();
    return attempt != null
        && slots.stream().anyMatch(slot -> slot.claimId().equals(attempt.claimId()));
  }

  private void stop(MachineId machine, HeldClaim claim, Instant now) {
    log.atInfo()
        .addKeyValue("machine", machine)
        .log("a machine has an attempt that is not its any more");
    outbox.send(
        Topics.SESSION_CONTROL,
        machine.value(),
        new ControlMessage.StopAttempt(
            machine, claim.sessionId(), claim.attempt(), "the attempt is over", now));
  }

  private void deny(
      Heartbeat heartbeat, HeldClaim claim, Map<ClaimId, Claims.Answer> answers, Instant now) {
    Claims.Answer answer = Objects.requireNonNull(answers.get(claim.claimId()));
    grants.deny(
        heartbeat.machineId(),
        heartbeat.incarnation(),
        claim.claimId(),
        claim.sessionId(),
        claim.attempt(),
        Objects.requireNonNullElse(answer.reason(), "the attempt that it was granted is over"),
        now);
  }
}
