package dev.heddle.session.claim;

import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.ControlMessage;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.RunSpec;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Outbox;
import dev.heddle.session.session.Attempt;
import dev.heddle.session.session.Session;
import dev.heddle.session.session.Sessions;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** Tells workers what became of their claims, in the caller's transaction. */
@Component
public class Grants {

  private final Sessions sessions;
  private final Outbox outbox;

  Grants(Sessions sessions, Outbox outbox) {
    this.sessions = sessions;
    this.outbox = outbox;
  }

  /** Sends the grants of the current attempts of these sessions, with all that is needed to run. */
  public void grant(Collection<Session> granted, Instant now) {
    grant(granted, Map.of(), now);
  }

  /**
   * The same.
   *
   * @param asked the sequences of the heartbeats that are answered, by machine
   */
  public void grant(Collection<Session> granted, Map<MachineId, Long> asked, Instant now) {
    if (granted.isEmpty()) {
      return;
    }
    Map<SessionId, RunSpec> runs = sessions.runs(granted.stream().map(Session::id).toList());
    for (Session session : granted) {
      Attempt attempt = Objects.requireNonNull(session.attempt());
      try (var _ = session.scope()) {
        outbox.send(
            Topics.SESSION_CONTROL,
            attempt.machine().value(),
            new ControlMessage.ClaimGranted(
                attempt.machine(),
                attempt.incarnation(),
                attempt.claimId(),
                session.id(),
                session.request().threadId(),
                attempt.number(),
                Objects.requireNonNull(runs.get(session.id())).on(attempt.machine()),
                now,
                attempt.lease().toMillis(),
                asked.get(attempt.machine())));
      }
    }
  }

  /** Sends one denial. */
  public void deny(
      MachineId machine,
      long incarnation,
      ClaimId claim,
      SessionId session,
      int attempt,
      String reason,
      Instant now) {
    outbox.send(
        Topics.SESSION_CONTROL,
        machine.value(),
        new ControlMessage.ClaimDenied(machine, incarnation, claim, session, attempt, reason, now));
  }
}
