package dev.heddle.thread.run;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.CancelRequested;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.messaging.LogScope;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** What people make a run do; each in the transaction of a caller who holds its lock. */
@Component
public class RunControl {

  private static final Logger log = LoggerFactory.getLogger(RunControl.class);

  private final Runs runs;
  private final SessionRequests requests;

  RunControl(Runs runs, SessionRequests requests) {
    this.runs = runs;
    this.requests = requests;
  }

  /**
   * Sets an idle run to queued and writes that down; the request follows in {@link #ask}.
   *
   * @param answers the message behind which the answer goes
   */
  public void start(ThreadRun run, SessionId session, MessageId answers, String by, Instant now) {
    record(run, run.dispatch(session, by, now));
    runs.know(session, run.thread(), answers);
    runs.flush();
  }

  /** As {@link #start}, for a run whose failure is no message of the conversation. */
  public void startSilently(
      ThreadRun run, SessionId session, MessageId after, String by, Instant now) {
    record(run, run.dispatch(session, by, now));
    runs.know(session, run.thread(), after).replied();
    runs.flush();
  }

  /** Asks session-service for a run that was started in this transaction. */
  public void ask(RunRequested request) {
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
    runs.flush();
    requests.ask(new CancelRequested(session, run.thread(), by, why, now), now);
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
