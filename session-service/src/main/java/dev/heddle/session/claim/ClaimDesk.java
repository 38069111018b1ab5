package dev.heddle.session.claim;

import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.SessionClaim;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionClaim.ClaimRefused;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.TraceId;
import dev.heddle.messaging.LogScope;
import dev.heddle.messaging.Received;
import dev.heddle.session.ReleaseDue;
import dev.heddle.session.machine.Machine;
import dev.heddle.session.machine.Machines;
import dev.heddle.session.offer.Offer;
import dev.heddle.session.offer.OfferSettings;
import dev.heddle.session.offer.Offers;
import dev.heddle.session.session.Attempt;
import dev.heddle.session.session.Home;
import dev.heddle.session.session.Lifecycle;
import dev.heddle.session.session.Session;
import dev.heddle.session.session.SessionBatch;
import dev.heddle.session.session.SessionChanges;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Answers claims, a batch in one transaction. Locks sessions, then offers, then machines, each in
 * the order of their ids, so that no two batches wait for each other.
 */
@Component
@Transactional(propagation = Propagation.MANDATORY)
class ClaimDesk {

  private final SessionChanges changes;
  private final Offers offers;
  private final Machines machines;
  private final Claims claims;
  private final Grants grants;
  private final OfferSettings settings;
  private final Clock clock;
  private final ApplicationEventPublisher signals;
  private final ClaimMetrics metrics;

  ClaimDesk(
      SessionChanges changes,
      Offers offers,
      Machines machines,
      Claims claims,
      Grants grants,
      OfferSettings settings,
      Clock clock,
      ApplicationEventPublisher signals,
      ClaimMetrics metrics) {
    this.changes = changes;
    this.offers = offers;
    this.machines = machines;
    this.claims = claims;
    this.grants = grants;
    this.settings = settings;
    this.clock = clock;
    this.signals = signals;
    this.metrics = metrics;
  }

  void answer(List<Received<SessionClaim>> batch) {
    new Desk(batch, clock.instant()).work();
  }

  /** The rows that one batch works on. */
  private final class Desk {

    private final List<Received<SessionClaim>> batch;
    private final Instant now;
    private final SessionBatch sessions;
    private final Map<SessionId, Offer> standing;
    private final Map<MachineId, Machine> registered;
    private final Map<MachineId, Integer> occupied;
    private final Map<ClaimId, Claims.Answer> answers;
    private final List<Claims.Answered> answered = new ArrayList<>();
    private final Map<SessionId, Session> granted = new LinkedHashMap<>();
    private final List<Runnable> denials = new ArrayList<>();
    private final Set<SessionId> withdrawn = new LinkedHashSet<>();

    Desk(List<Received<SessionClaim>> batch, Instant now) {
      this.batch = batch;
      this.now = now;
      List<SessionClaim> claimed = batch.stream().map(Received::value).toList();
      List<SessionId> ids = claimed.stream().map(SessionClaim::sessionId).distinct().toList();
      sessions = changes.begin(ids);
      standing = new HashMap<>(offers.lock(ids));
      registered = machines.lock(claimed.stream().map(SessionClaim::machineId).distinct().toList());
      occupied = new HashMap<>(machines.occupied());
      answers = new HashMap<>(claims.answers(claimed.stream().map(SessionClaim::claimId).toList()));
    }

    void work() {
      for (Received<SessionClaim> received : batch) {
        SessionClaim claim = received.value();
        try (var _ =
            LogScope.of(received.trace()).session(claim.sessionId(), null, claim.attempt())) {
          switch (claim) {
            case ClaimMade made -> decide(made, received.trace());
            case ClaimRefused refused -> refused(refused);
          }
        }
      }
      offers.withdraw(withdrawn);
      changes.store(sessions);
      if (!answered.isEmpty()) {
        claims.remember(answered, now);
      }
      grants.grant(granted.values(), now);
      denials.forEach(Runnable::run);
      if (!withdrawn.isEmpty()) {
        signals.publishEvent(new ReleaseDue());
      }
    }

    private void decide(ClaimMade claim, TraceId trace) {
      Session session = sessions.find(claim.sessionId()).orElse(null);
      Claims.Answer earlier = answers.get(claim.claimId());
      if (earlier != null) {
        repeat(claim, trace, session, earlier);
        return;
      }
      Machine machine = registered.get(claim.machineId());
      int free =
          machine == null ? 0 : machine.slots() - occupied.getOrDefault(claim.machineId(), 0);
      Offer offer = standing.get(claim.sessionId());
      switch (ClaimDecision.of(claim, session, offer, machine, free, now)) {
        case ClaimDecision.Granted ignored ->
            grant(claim, Objects.requireNonNull(session), Objects.requireNonNull(offer));
        case ClaimDecision.Denied denied -> {
          if (denied.withdraw()) {
            withdraw(claim);
          }
          if (denied.pause()) {
            pause(claim, denied.reason());
          }
          metrics.denied();
          if (session != null) {
            // Of a session that is gone with its thread nothing is kept.
            remember(claim, new Claims.Answer(false, denied.reason()));
          }
          deny(claim, trace, denied.reason());
        }
      }
    }

    private void grant(ClaimMade claim, Session session, Offer offer) {
      Attempt attempt =
          Attempt.granted(
              claim.attempt(),
              claim.machineId(),
              claim.incarnation(),
              claim.claimId(),
              claim.heartbeat(),
              offer.lease(),
              now);
      sessions.apply(Lifecycle.grant(session, attempt, relocation(session, claim.machineId())));
      occupied.merge(claim.machineId(), 1, Integer::sum);
      standing.remove(claim.sessionId());
      granted.put(session.id(), sessions.find(session.id()).orElseThrow());
      remember(claim, new Claims.Answer(true, null));
      metrics.granted(session, offer, attempt);
    }

    private @Nullable String relocation(Session session, MachineId to) {
      Home home = session.home();
      return home == null || home.machine().equals(to)
          ? null
          : Relocation.note(session, to, home, machines.find(home.machine()).orElse(null));
    }

    /** A grant whose attempt is over must not make a worker that has forgotten it run it again. */
    private void repeat(
        ClaimMade claim, TraceId trace, @Nullable Session session, Claims.Answer earlier) {
      if (!earlier.granted()) {
        deny(claim, trace, Objects.requireNonNullElse(earlier.reason(), "denied"));
      } else if (session != null && session.inHands() && holds(session, claim)) {
        granted.put(session.id(), session);
      } else {
        deny(claim, trace, "the attempt that it was granted is over");
      }
    }

    private static boolean holds(Session session, ClaimMade claim) {
      Attempt attempt = session.attempt();
      return attempt != null && attempt.claimId().equals(claim.claimId());
    }

    private void refused(ClaimRefused claim) {
      Offer offer = standing.get(claim.sessionId());
      if (offer == null || !offer.id().equals(claim.offerId())) {
        return;
      }
      metrics.refused();
      withdraw(claim);
      pause(claim, claim.reason());
    }

    private void withdraw(SessionClaim claim) {
      standing.remove(claim.sessionId());
      withdrawn.add(claim.sessionId());
    }

    private void pause(SessionClaim claim, String reason) {
      offers.refuse(
          claim.sessionId(), claim.machineId(), reason, now.plus(settings.refusalPause()));
    }

    private void remember(ClaimMade claim, Claims.Answer answer) {
      answers.put(claim.claimId(), answer);
      answered.add(new Claims.Answered(claim, answer));
    }

    private void deny(ClaimMade claim, TraceId trace, String reason) {
      denials.add(() -> {
        try (var _ = LogScope.of(trace)) {
          grants.deny(
              claim.machineId(),
              claim.incarnation(),
              claim.claimId(),
              claim.sessionId(),
              claim.attempt(),
              reason,
              now);
        }
      });
    }
  }
}
