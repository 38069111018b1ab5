package dev.heddle.session.backlog;

import dev.heddle.contracts.ControlMessage;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionQueued;
import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Outbox;
import dev.heddle.session.AfterCommit;
import dev.heddle.session.offer.Offer;
import dev.heddle.session.offer.OfferTerms;
import dev.heddle.session.offer.Offers;
import dev.heddle.session.session.Session;
import dev.heddle.session.session.Sessions;
import dev.heddle.session.session.Shape;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** One release: withdraws offers that came to nothing, and offers what can start now. */
@Component
class Release {

  private final BacklogStore backlog;
  private final Offers offers;
  private final Sessions sessions;
  private final Outbox outbox;
  private final OfferTerms terms;
  private final Clock clock;
  private final ReleaseSettings settings;
  private final Counter toPools;
  private final Counter toMachines;
  private final Counter expired;
  private final Counter unreachable;

  Release(
      BacklogStore backlog,
      Offers offers,
      Sessions sessions,
      Outbox outbox,
      OfferTerms terms,
      Clock clock,
      ReleaseSettings settings,
      MeterRegistry meters) {
    this.backlog = backlog;
    this.offers = offers;
    this.sessions = sessions;
    this.outbox = outbox;
    this.terms = terms;
    this.clock = clock;
    this.settings = settings;
    this.toPools = made(meters, "pool");
    this.toMachines = made(meters, "machine");
    this.expired = withdrawn(meters, "expired");
    this.unreachable = withdrawn(meters, "no_machine");
  }

  private static Counter made(MeterRegistry meters, String target) {
    return Counter.builder("heddle.session.offers")
        .description("Offers, to a whole pool or to one machine")
        .tag("target", target)
        .register(meters);
  }

  private static Counter withdrawn(MeterRegistry meters, String cause) {
    return Counter.builder("heddle.session.offers.withdrawn")
        .description("Offers that came to nothing and were taken back")
        .tag("cause", cause)
        .register(meters);
  }

  /** Returns whether there may be more to release at once. */
  @Transactional
  public boolean run() {
    backlog.lock();
    Instant now = clock.instant();
    Offers.Withdrawn withdrawn = offers.withdrawDead(now);
    AfterCommit.count(expired, withdrawn.expired());
    AfterCommit.count(unreachable, withdrawn.unreachable());

    Fleet fleet = backlog.fleet();
    List<BacklogStore.Candidates> groups =
        backlog.groups().stream()
            .filter(group -> fleet.freeIn(group.pool()) > 0)
            .filter(group -> hasMachine(fleet, group))
            .map(group -> candidates(fleet, group))
            .toList();
    if (groups.isEmpty()) {
      return false;
    }
    Map<SessionId, Set<MachineId>> refusals = offers.refusals(now);
    // Refused sessions at the head of a line must not hide those behind them.
    List<Waiting> waiting =
        backlog.startable(groups, settings.batch() + Math.min(refusals.size(), 1000), now);
    Map<ProjectId, ReleasePlan.Share> shares =
        backlog.shares(waiting.stream().map(Waiting::project).collect(Collectors.toSet()));
    List<ReleasePlan.Pick> picks =
        ReleasePlan.of(fleet, shares, refusals, waiting, settings.batch(), now);
    if (picks.isEmpty()) {
      return false;
    }
    make(picks, now);
    return picks.size() == settings.batch();
  }

  private static boolean hasMachine(Fleet fleet, BacklogStore.Group group) {
    return fleet.fitting(group.pool(), Shape.read(group.shape())).stream()
        .anyMatch(machine -> fleet.freeOn(machine.id()) > 0);
  }

  /** What waits for a machine that has no room must not hide what need not wait any longer. */
  private static BacklogStore.Candidates candidates(Fleet fleet, BacklogStore.Group group) {
    MachineId home = group.home();
    if (home == null) {
      return new BacklogStore.Candidates(group, true, null);
    }
    Instant missing = fleet.missingSince(home, group.pool(), Shape.read(group.shape()));
    return new BacklogStore.Candidates(group, missing == null && fleet.freeOn(home) > 0, missing);
  }

  private void make(List<ReleasePlan.Pick> picks, Instant now) {
    Map<SessionId, Integer> attempts =
        backlog.lockStillWaiting(picks.stream().map(pick -> pick.waiting().id()).toList());
    Map<SessionId, ProjectId> projectOf = new HashMap<>();
    List<Offer> made = new ArrayList<>();
    for (ReleasePlan.Pick pick : picks) {
      Waiting waiting = pick.waiting();
      Integer attempt = attempts.get(waiting.id());
      if (attempt != null) {
        projectOf.put(waiting.id(), waiting.project());
        made.add(terms.offer(waiting.id(), attempt, waiting.pool(), pick.machine(), now));
      }
    }
    backlog.offer(made, projectOf);
    tell(made);
  }

  private void tell(List<Offer> made) {
    List<SessionId> offered = made.stream().map(Offer::sessionId).toList();
    var workspaces = sessions.workspaces(offered);
    Map<SessionId, Session> known = sessions.findAll(offered);
    for (Offer offer : made) {
      Session session = Objects.requireNonNull(known.get(offer.sessionId()));
      var record =
          new SessionQueued.SessionOffered(
              offer.id(),
              session.id(),
              session.request().threadId(),
              offer.attempt(),
              session.request().requirements(),
              Objects.requireNonNull(workspaces.get(session.id())),
              offer.offeredAt(),
              offer.validUntil(),
              offer.lease().toMillis());
      try (var _ = session.scope()) {
        send(offer, record);
      }
    }
  }

  private void send(Offer offer, SessionQueued.SessionOffered record) {
    MachineId machine = offer.machine();
    if (machine == null) {
      outbox.send(Topics.queued(offer.pool()), record.sessionId().toString(), record);
      AfterCommit.count(toPools);
    } else {
      outbox.send(
          Topics.SESSION_CONTROL, machine.value(), new ControlMessage.OfferMade(machine, record));
      AfterCommit.count(toMachines);
    }
  }
}
