package dev.heddle.thread.run;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.CancelRequested;
import dev.heddle.contracts.SessionRequest.InputRequested;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.messaging.LogScope;
import dev.heddle.thread.audit.Audit;
import dev.heddle.thread.audit.AuditAction;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/** What people make a run do; each in the transaction of a caller who holds its lock. */
@Component
public class RunControl {

  private static final Logger log = LoggerFactory.getLogger(RunControl.class);

  private final Runs runs;
  private final SessionRequests requests;
  private final SessionCommands commands;
  private final Audit audit;
  private final Ids ids;
  private final ApplicationEventPublisher signals;

  RunControl(
      Runs runs,
      SessionRequests requests,
      SessionCommands commands,
      Audit audit,
      Ids ids,
      ApplicationEventPublisher signals) {
    this.runs = runs;
    this.requests = requests;
    this.commands = commands;
    this.audit = audit;
    this.ids = ids;
    this.signals = signals;
  }

  /**
   * Sets an idle run to queued and writes that down; the request follows in {@link #ask}.
   *
   * @param answers the message behind which the answer goes
   * @param cause for people
   */
  public void start(
      ThreadRun run, SessionId session, MessageId answers, String by, String cause, Instant now) {
    record(run, run.dispatch(session, by, cause, now));
    runs.know(session, run.thread(), answers);
    runs.flush();
  }

  /** As {@link #start}, for a run whose failure is no message of the conversation. */
  public void startSilently(
      ThreadRun run, SessionId session, MessageId after, String by, String cause, Instant now) {
    record(run, run.dispatch(session, by, cause, now));
    runs.know(session, run.thread(), after).silently();
    runs.flush();
  }

  /**
   * Puts a message, which the active run has taken, where the run has come to: what it says next
   * goes behind it.
   *
   * @return what the message goes behind
   */
  public @Nullable MessageId join(ThreadRun run, SessionId session, MessageId message) {
    KnownSession known = runs.known(session);
    if (known == null) {
      return run.activeMessage();
    }
    MessageId behind = known.end();
    known.said(message);
    return behind == null ? run.activeMessage() : behind;
  }

  /** Asks session-service for a run that was started in this transaction. */
  public void ask(RunRequested request) {
    KnownSession known = runs.known(request.sessionId());
    if (known != null) {
      known.runsIn(request.engine().mode());
      runs.flush();
    }
    requests.ask(request, request.requestedAt());
  }

  /** Asks session-service to end the active run, where there is one that is not ending already. */
  public void stop(ThreadRun run, String by, String why, Instant now) {
    SessionId session = run.activeSession();
    if (session == null) {
      return;
    }
    Transition stopping = run.stop(by, why, now);
    if (stopping == null) {
      return;
    }
    record(run, stopping);
    signals.publishEvent(new RunStopped(run, session, by, why, now));
    runs.flush();
    audit.ofThread(AuditAction.RUN_STOPPED, run.thread(), by, session, List.of());
    requests.ask(new CancelRequested(session, run.thread(), by, why, now), now);
  }

  /**
   * Says something to the running engine. How that ended is told by {@link SessionsFollowed}, and
   * kept: {@link SessionCommands#outcome}.
   *
   * @param run one that {@link ThreadRun#takesInput takes input}
   */
  public CommandId steer(ThreadRun run, String text, String by, Instant now) {
    SessionId session = run.activeSession();
    if (session == null || !run.takesInput()) {
      throw new IllegalStateException("thread %s takes no input now".formatted(run.thread()));
    }
    CommandId command = new CommandId(ids.next());
    runs.flush();
    commands.ask(command, new InputRequested(session, run.thread(), command, text, by, now), now);
    return command;
  }

  /** Keeps a change of the run status, where there was one. */
  void record(ThreadRun run, @Nullable Transition transition) {
    if (transition == null) {
      return;
    }
    runs.add(transition);
    LogScope scope = LogScope.here().thread(run.thread());
    SessionId session = transition.session();
    try (var _ = session == null ? scope : scope.session(session, null)) {
      log.atInfo()
          .addKeyValue("from", transition.from().wire())
          .addKeyValue("to", transition.to().wire())
          .addKeyValue("cause", transition.cause())
          .addKeyValue("by", transition.causedBy())
          .log("thread run status changed");
    }
  }
}
