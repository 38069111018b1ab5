package dev.heddle.worker.claim;

import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.ControlMessage;
import dev.heddle.contracts.ControlMessage.AnswerDelegation;
import dev.heddle.contracts.ControlMessage.CancelRun;
import dev.heddle.contracts.ControlMessage.ClaimDenied;
import dev.heddle.contracts.ControlMessage.ClaimGranted;
import dev.heddle.contracts.ControlMessage.DecideApproval;
import dev.heddle.contracts.ControlMessage.DiscoverEngines;
import dev.heddle.contracts.ControlMessage.DrainMachine;
import dev.heddle.contracts.ControlMessage.InputRun;
import dev.heddle.contracts.ControlMessage.MachineRefused;
import dev.heddle.contracts.ControlMessage.OfferMade;
import dev.heddle.contracts.ControlMessage.ResumeMachine;
import dev.heddle.contracts.ControlMessage.StopAttempt;
import dev.heddle.contracts.ControlMessage.ThreadEnded;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.TraceId;
import dev.heddle.messaging.LogScope;
import dev.heddle.worker.engine.Discovery;
import dev.heddle.worker.run.Run;
import dev.heddle.worker.run.Runs;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what session-service says; each message may come again. Called by one thread. */
final class ControlDesk {

  private static final Logger log = LoggerFactory.getLogger(ControlDesk.class);

  private static final int REMEMBERED_COMMANDS = 1_000;

  private final Claims claims;
  private final Ledger ledger;
  private final Runs runs;
  private final Duty duty;
  private final Discovery discovery;
  private final String hostId;
  private final MeterRegistry meters;
  private final Map<CommandId, Boolean> seen =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<CommandId, Boolean> eldest) {
          return size() > REMEMBERED_COMMANDS;
        }
      };

  ControlDesk(
      Claims claims,
      Ledger ledger,
      Runs runs,
      Duty duty,
      Discovery discovery,
      String hostId,
      MeterRegistry meters) {
    this.claims = claims;
    this.ledger = ledger;
    this.runs = runs;
    this.duty = duty;
    this.discovery = discovery;
    this.hostId = hostId;
    this.meters = meters;
  }

  /** The work for a message: under its trace, and for the session that it is about. */
  static LogScope scope(ControlMessage message, TraceId trace) {
    LogScope scope = LogScope.of(trace);
    return switch (message) {
      case OfferMade made ->
          scope.session(made.offer().sessionId(), made.offer().threadId(), made.offer().attempt());
      case ClaimGranted granted ->
          scope.session(granted.sessionId(), granted.threadId(), granted.attempt());
      case ClaimDenied denied -> scope.session(denied.sessionId(), null, denied.attempt());
      case CancelRun cancel -> scope.session(cancel.sessionId(), null, cancel.attempt());
      case DecideApproval decide -> scope.session(decide.sessionId(), null, decide.attempt());
      case InputRun input -> scope.session(input.sessionId(), null, input.attempt());
      case AnswerDelegation answer -> scope.session(answer.sessionId(), null, answer.attempt());
      case StopAttempt stop -> scope.session(stop.sessionId(), null, stop.attempt());
      case ThreadEnded _, DrainMachine _, ResumeMachine _, DiscoverEngines _, MachineRefused _ ->
          scope;
    };
  }

  /**
   * @param trace that the message belongs to
   */
  void take(ControlMessage message, TraceId trace) throws InterruptedException {
    switch (message) {
      case OfferMade made -> claims.answer(List.of(new Claims.Offered(made.offer(), trace)));
      case ClaimGranted granted -> granted(granted, trace);
      case ClaimDenied denied -> denied(denied);
      case CancelRun cancel -> cancel(cancel);
      case DecideApproval decide ->
          runOf(decide.sessionId(), decide.attempt())
              .ifPresent(run -> run.decide(decide.commandId(), decide.decision()));
      case InputRun input ->
          runOf(input.sessionId(), input.attempt())
              .ifPresent(run -> run.input(input.commandId(), input.text()));
      case AnswerDelegation answer ->
          runOf(answer.sessionId(), answer.attempt())
              .ifPresent(run -> run.answer(answer.commandId(), answer.reply()));
      case StopAttempt stop -> stop(stop.sessionId(), stop.attempt(), stop.reason());
      case DrainMachine drain -> drain(drain.commandId(), true, drain.requestedBy());
      case ResumeMachine resume -> drain(resume.commandId(), false, resume.requestedBy());
      case DiscoverEngines discover -> discover(discover);
      case ThreadEnded ended -> runs.sweep().ended(ended.threadId(), ended.end(), ended.at());
      case MachineRefused refused -> refused(refused);
    }
  }

  private void granted(ClaimGranted grant, TraceId trace) {
    switch (ledger.granted(grant)) {
      case Verdict.Begin(long deadline) -> {
        count("granted");
        begin(grant, trace, deadline);
      }
      case Verdict.GoOn() -> {
        count("confirmed");
        log.atInfo().log("run goes on after the worker was cut off");
      }
      case Verdict.Nothing() ->
          log.atDebug().addKeyValue("claim", grant.claimId()).log("grant changes nothing");
      case Verdict.Unusable(String reason) -> {
        log.atError().addKeyValue("reason", reason).log("cannot keep the lease of a grant");
        // Ended if it runs; missing from the next heartbeat, it is given to another worker.
        ledger.runOf(grant.claimId()).ifPresent(Run::supersede);
        ledger.release(grant.claimId());
      }
    }
  }

  private void begin(ClaimGranted grant, TraceId trace, long deadline) {
    try {
      ledger.begun(grant.claimId(), runs.begin(grant, trace, deadline));
    } catch (IOException e) {
      // Missing from the next heartbeat, it is given to another worker.
      ledger.release(grant.claimId());
      log.atError().setCause(e).log("cannot begin a run: the worker's home cannot be written");
    } catch (RuntimeException | Error e) {
      ledger.release(grant.claimId());
      throw e;
    }
  }

  private void denied(ClaimDenied denial) {
    Optional<Run> run = ledger.runOf(denial.claimId());
    if (run.isPresent()) {
      // It was granted once and is over now.
      stop(denial.sessionId(), denial.attempt(), denial.reason());
    } else {
      count("denied");
      ledger.release(denial.claimId());
    }
  }

  private void cancel(CancelRun cancel) {
    Optional<Run> run = runOf(cancel.sessionId(), cancel.attempt());
    if (run.isEmpty()) {
      log.atDebug().log("cancel of a run that is not here");
      return;
    }
    log.atInfo().addKeyValue("by", cancel.requestedBy()).log("cancelling a run");
    run.get().cancel(cancel.commandId(), cancel.requestedBy());
  }

  private void stop(SessionId session, int attempt, String reason) {
    Optional<ClaimId> claim = ledger.claimOf(session, attempt);
    if (claim.isEmpty()) {
      return;
    }
    log.atInfo().addKeyValue("reason", reason).log("attempt is not this machine's any more");
    ledger.runOf(claim.get()).ifPresentOrElse(Run::supersede, () -> ledger.release(claim.get()));
  }

  private void drain(CommandId command, boolean on, String requestedBy) {
    if (seen.putIfAbsent(command, true) != null) {
      duty.announce();
      return;
    }
    log.atInfo()
        .addKeyValue("by", requestedBy)
        .log(on ? "machine drains" : "machine takes sessions again");
    duty.drain(on);
  }

  private void discover(DiscoverEngines wanted) {
    if (seen.putIfAbsent(wanted.commandId(), true) == null) {
      log.atInfo().addKeyValue("by", wanted.requestedBy()).log("looking at the engines again");
      discovery.lookAgain();
    }
  }

  private void refused(MachineRefused refusal) {
    if (!refusal.hostId().equals(hostId) || duty.refused() != null) {
      return;
    }
    log.atError()
        .addKeyValue("reason", refusal.reason())
        .log("this machine was refused and takes nothing; give it another heddle.worker.id");
    duty.refuse(refusal.reason());
  }

  private Optional<Run> runOf(SessionId session, int attempt) {
    return ledger.claimOf(session, attempt).flatMap(ledger::runOf);
  }

  private void count(String answer) {
    meters.counter("heddle.worker.claims", "answer", answer).increment();
  }
}
