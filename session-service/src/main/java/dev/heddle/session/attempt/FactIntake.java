package dev.heddle.session.attempt;

import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.SessionEvent;
import dev.heddle.contracts.SessionFact;
import dev.heddle.messaging.LogScope;
import dev.heddle.messaging.Received;
import dev.heddle.session.AfterCommit;
import dev.heddle.session.command.RunCommands;
import dev.heddle.session.session.Lifecycle;
import dev.heddle.session.session.RetryPolicy;
import dev.heddle.session.session.Session;
import dev.heddle.session.session.SessionBatch;
import dev.heddle.session.session.SessionChanges;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Takes what workers report of their attempts, and refuses what is not theirs any more. */
@Component
@Transactional(propagation = Propagation.MANDATORY)
class FactIntake {

  private static final Logger log = LoggerFactory.getLogger(FactIntake.class);

  private final SessionChanges changes;
  private final RetryPolicies policies;
  private final RunCommands commands;
  private final Counter stale;
  private final Counter repeated;

  FactIntake(
      SessionChanges changes, RetryPolicies policies, RunCommands commands, MeterRegistry meters) {
    this.changes = changes;
    this.policies = policies;
    this.commands = commands;
    this.stale =
        Counter.builder("heddle.session.stale")
            .description("Facts refused since they came from an attempt that is over")
            .register(meters);
    this.repeated =
        Counter.builder("heddle.session.repeated")
            .description("Facts that had been taken before")
            .register(meters);
  }

  void take(List<Received<SessionEvent>> events) {
    SessionBatch batch =
        changes.begin(events.stream().map(event -> event.value().sessionId()).distinct().toList());
    Map<ProjectId, RetryPolicy> policyOf = policies.of(batch.sessions());
    for (Received<SessionEvent> received : events) {
      SessionEvent event = received.value();
      try (var _ =
          LogScope.of(received.trace())
              .session(event.sessionId(), event.threadId(), event.attempt())) {
        batch
            .find(event.sessionId())
            .ifPresentOrElse(
                session -> take(batch, session, event, policyOf), () -> refuse(event, "unknown"));
      }
    }
    changes.store(batch);
  }

  private void take(
      SessionBatch batch,
      Session session,
      SessionEvent event,
      Map<ProjectId, RetryPolicy> policyOf) {
    RetryPolicy policy = Objects.requireNonNull(policyOf.get(session.request().project().id()));
    long last = session.attempt() == null ? 0 : session.attempt().lastSeq();
    switch (Lifecycle.accept(session, event, policy)) {
      case Lifecycle.Verdict.Accepted(var change) -> batch.apply(change);
      case Lifecycle.Verdict.Noted(var after) -> batch.note(after);
      case Lifecycle.Verdict.Repeated() -> {
        AfterCommit.count(repeated);
        return;
      }
      case Lifecycle.Verdict.Stale(var why) -> {
        refuse(event, why);
        return;
      }
    }
    if (event.fact() instanceof SessionFact.CommandAnswered answer) {
      commands.answered(batch, session, answer);
    }
    if (event.seq() > last + 1) {
      log.atWarn()
          .addKeyValue("seq", event.seq())
          .addKeyValue("last", last)
          .log("facts are missing before this one");
    }
  }

  private void refuse(SessionEvent event, String why) {
    AfterCommit.count(stale);
    log.atInfo()
        .addKeyValue("machine", event.machineId())
        .addKeyValue("why", why)
        .log("refused a stale fact");
  }
}
