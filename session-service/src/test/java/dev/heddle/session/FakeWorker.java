package dev.heddle.session;

import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.ControlMessage.ClaimDenied;
import dev.heddle.contracts.ControlMessage.ClaimGranted;
import dev.heddle.contracts.ControlMessage.OfferMade;
import dev.heddle.contracts.Failure;
import dev.heddle.contracts.Heartbeat;
import dev.heddle.contracts.Heartbeat.EngineInfo;
import dev.heddle.contracts.Heartbeat.HeldClaim;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.Outcome;
import dev.heddle.contracts.Phase;
import dev.heddle.contracts.SessionClaim;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionClaim.ClaimRefused;
import dev.heddle.contracts.SessionEvent;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A worker that does what a test says, at the wire. */
final class FakeWorker {

  final MachineId machine;
  final String pool;
  private final Wire wire;
  private final Clock clock;
  private final Map<SessionId, Long> seqs = new HashMap<>();
  private final List<HeldClaim> held = new ArrayList<>();
  private Map<String, String> labels = Map.of();
  private List<EngineInfo> engines = List.of(new EngineInfo("command", null));
  private String hostId = UUID.randomUUID().toString();
  private int slots;
  long incarnation = 1;
  long sequence;

  FakeWorker(Wire wire, Clock clock, String name, String pool, int slots) {
    this.wire = wire;
    this.clock = clock;
    this.machine = new MachineId(name);
    this.pool = pool;
    this.slots = slots;
  }

  FakeWorker labelled(String key, String value) {
    labels = Map.of(key, value);
    return this;
  }

  FakeWorker offering(String... names) {
    engines = List.of(names).stream().map(name -> new EngineInfo(name, "1.0")).toList();
    return this;
  }

  FakeWorker cannotStart(String engine, String why) {
    engines = List.of(new EngineInfo("command", null), new EngineInfo(engine, null, why, null));
    return this;
  }

  FakeWorker onHost(String host) {
    hostId = host;
    return this;
  }

  FakeWorker restarted() {
    incarnation++;
    sequence = 0;
    held.clear();
    return this;
  }

  void beat() {
    beat(MachineState.ONLINE);
  }

  void beat(MachineState state) {
    wire.deliver(Topics.WORKER_HEARTBEATS, machine.value(), heartbeat(state));
  }

  Heartbeat heartbeat(MachineState state) {
    sequence++;
    return new Heartbeat(
        machine,
        hostId,
        "host-of-" + machine,
        incarnation,
        sequence,
        clock.instant(),
        state,
        pool,
        labels,
        slots,
        engines,
        held,
        "test");
  }

  ClaimMade claimOf(SessionOffered offer) {
    return new ClaimMade(
        new ClaimId(UUID.randomUUID()),
        offer.offerId(),
        offer.sessionId(),
        offer.attempt(),
        machine,
        incarnation,
        sequence,
        clock.instant());
  }

  ClaimMade claim(SessionOffered offer) {
    ClaimMade claim = claimOf(offer);
    send(claim);
    return claim;
  }

  void send(SessionClaim claim) {
    wire.deliver(Topics.SESSION_CLAIMS, claim.sessionId().toString(), claim);
  }

  void refuse(SessionOffered offer, String reason) {
    send(
        new ClaimRefused(
            new ClaimId(UUID.randomUUID()),
            offer.offerId(),
            offer.sessionId(),
            offer.attempt(),
            machine,
            incarnation,
            reason,
            clock.instant()));
  }

  /** Claims and waits for the grant. */
  ClaimGranted take(SessionOffered offer) {
    ClaimMade claim = claim(offer);
    ClaimGranted granted = granted(claim);
    hold(granted);
    return granted;
  }

  void hold(ClaimGranted granted) {
    held.add(new HeldClaim(granted.claimId(), granted.sessionId(), granted.attempt(), true));
  }

  void holdUngranted(ClaimMade claim) {
    held.add(new HeldClaim(claim.claimId(), claim.sessionId(), claim.attempt(), false));
  }

  void letGo() {
    held.clear();
  }

  ClaimGranted granted(ClaimMade claim) {
    return await("grant of claim " + claim.claimId())
        .atMost(Wire.PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> grantsOf(claim), grants -> !grants.isEmpty())
        .getFirst();
  }

  List<ClaimGranted> grantsOf(ClaimMade claim) {
    return wire.toldTo(machine, ClaimGranted.class).stream()
        .filter(granted -> granted.claimId().equals(claim.claimId()))
        .toList();
  }

  ClaimDenied denied(ClaimMade claim) {
    return await("denial of claim " + claim.claimId())
        .atMost(Wire.PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> denialsOf(claim), denials -> !denials.isEmpty())
        .getFirst();
  }

  List<ClaimDenied> denialsOf(ClaimMade claim) {
    return wire.toldTo(machine, ClaimDenied.class).stream()
        .filter(denied -> denied.claimId().equals(claim.claimId()))
        .toList();
  }

  /** The nth offer of a session to this machine alone. */
  SessionOffered ownOffer(SessionId session, int index) {
    return await("offer %d of %s to %s".formatted(index, session, machine))
        .atMost(Wire.PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(
            () ->
                wire.toldTo(machine, OfferMade.class).stream()
                    .map(OfferMade::offer)
                    .filter(offer -> offer.sessionId().equals(session))
                    .toList(),
            offers -> offers.size() > index)
        .get(index);
  }

  SessionEvent event(ClaimGranted run, SessionFact fact) {
    long seq = seqs.merge(run.sessionId(), 1L, Long::sum);
    return new SessionEvent(
        run.sessionId(),
        run.threadId(),
        run.attempt(),
        machine,
        run.incarnation(),
        seq,
        clock.instant(),
        fact);
  }

  SessionEvent report(ClaimGranted run, SessionFact fact) {
    SessionEvent event = event(run, fact);
    send(event);
    return event;
  }

  void send(SessionEvent event) {
    wire.deliver(Topics.SESSION_EVENTS, event.sessionId().toString(), event);
  }

  void newAttempt(SessionId session) {
    seqs.remove(session);
  }

  void start(ClaimGranted run) {
    report(run, new SessionFact.PhaseEntered(Phase.PREPARING));
    report(run, new SessionFact.EngineStarted(null, "/srv/here", "heddle/branch"));
  }

  void complete(ClaimGranted run) {
    report(run, new SessionFact.AttemptEnded(Outcome.COMPLETED, 0, null));
    held.removeIf(claim -> claim.claimId().equals(run.claimId()));
  }

  void fail(ClaimGranted run, String code, boolean retryable) {
    report(
        run,
        new SessionFact.AttemptEnded(
            Outcome.FAILED, null, new Failure(code, "because of " + code, retryable)));
    held.removeIf(claim -> claim.claimId().equals(run.claimId()));
  }

  void endCancelled(ClaimGranted run) {
    report(
        run,
        new SessionFact.AttemptEnded(
            Outcome.CANCELLED, 143, new Failure("cancelled", "cancelled", false)));
    held.removeIf(claim -> claim.claimId().equals(run.claimId()));
  }
}
