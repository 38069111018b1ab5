package dev.heddle.worker.run;

import dev.heddle.contracts.CheckpointTarget;
import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.Decision;
import dev.heddle.contracts.DelegationReply;
import dev.heddle.contracts.Failure;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.Outcome;
import dev.heddle.contracts.Phase;
import dev.heddle.contracts.RunPurpose;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.TraceBody;
import dev.heddle.worker.engine.Engine;
import dev.heddle.worker.engine.EngineFailedException;
import dev.heddle.worker.engine.EngineRun;
import dev.heddle.worker.engine.EngineTask;
import dev.heddle.worker.engine.ToolServer;
import dev.heddle.worker.mcp.ToolServers;
import dev.heddle.worker.secret.RunSecrets;
import dev.heddle.worker.workspace.Cancellation;
import dev.heddle.worker.workspace.Workspace;
import dev.heddle.worker.workspace.WorkspaceException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt, from its grant to its end, on a thread of its own. All other methods may be called
 * from any thread at any time.
 */
public final class Run {

  private static final Logger log = LoggerFactory.getLogger(Run.class);

  /** Who ended it before it ended by itself; later ones in this order overrule earlier ones. */
  private enum Ending {
    /** A person. */
    CANCELLED,
    /** The worker, which is being stopped. */
    WORKER_STOPPED,
    /** session-service: it is another's now, and nothing may be reported. */
    SUPERSEDED
  }

  private final RunOrder order;
  private final RunTools tools;
  private final RunSecrets secrets;
  private final Report report;
  private final RunWorkspace place;
  private final RunSetup setup;
  private final RunCheckpoints checkpoints;
  private final RunAction action;
  private final Cancellation preparation = new Cancellation();
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private final Set<CommandId> answered = new HashSet<>();
  private final OpenQuestions questions;
  private final OpenDelegations delegations;
  private final ReentrantLock talking = new ReentrantLock();
  private @Nullable Ending ending;
  private @Nullable String endedBy;
  private @Nullable EngineRun engine;
  private boolean killed;
  private long deadline;

  /**
   * @param deadline until when its engine may run, in milliseconds since boot
   * @param free completes when nobody else is in its workspace
   */
  Run(
      RunOrder order,
      RunTools tools,
      RunSecrets secrets,
      Report report,
      long deadline,
      CompletableFuture<Void> free) {
    this.order = order;
    this.tools = tools;
    this.secrets = secrets;
    this.report = report;
    this.questions = new OpenQuestions(report);
    this.delegations = new OpenDelegations(report, tools.ids());
    this.setup = new RunSetup(order, tools, secrets, report);
    this.checkpoints = new RunCheckpoints(order, tools, report);
    this.action = new RunAction(order, tools, report, checkpoints);
    this.place = new RunWorkspace(order, tools, report, checkpoints, free);
    this.deadline = deadline;
  }

  void begin() {
    Thread.ofVirtual()
        .name("run-" + order.marker())
        .start(() -> {
          try (var _ = order.scope()) {
            run();
          }
        });
  }

  /** Lets the engine run until then, in milliseconds since boot; without it, it is frozen. */
  public synchronized void tick(long until) {
    deadline = until;
    if (engine != null) {
      engine.tick(until);
    }
  }

  /** A person wants it to end. Answered once, however often it is sent. */
  public void cancel(CommandId command, String requestedBy) {
    synchronized (this) {
      if (!answered.add(command)) {
        return;
      }
      boolean late = over.isDone();
      report.fact(
          new SessionFact.CommandAnswered(command, !late, late ? "it was over already" : null));
      endedBy = endedBy == null ? requestedBy : endedBy;
    }
    end(Ending.CANCELLED);
  }

  /** Somebody has decided what the engine asked. Answered once, however often it is sent. */
  public void decide(CommandId command, Decision decision) {
    if (isNew(command)) {
      questions.decide(command, decision);
    }
  }

  /**
   * What became of something that the engine delegated. Answered once, however often it is sent.
   */
  public void answer(CommandId command, DelegationReply reply) {
    if (isNew(command)) {
      delegations.answer(command, reply);
    }
  }

  /** Somebody says something to the engine. Answered once, however often it is sent. */
  public void input(CommandId command, String text) {
    if (!isNew(command)) {
      return;
    }
    talking.lock();
    try {
      EngineRun running;
      synchronized (this) {
        running = ending == null && !over.isDone() ? engine : null;
      }
      String obstacle = running == null ? "the engine does not run" : running.input(text);
      report.fact(new SessionFact.CommandAnswered(command, obstacle == null, obstacle));
    } finally {
      talking.unlock();
    }
  }

  /** What the engine has heard is answered before its end, or the answer would come too late. */
  private void awaitInput() {
    try {
      if (talking.tryLock(tools.cancelGrace().toMillis(), TimeUnit.MILLISECONDS)) {
        talking.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean isNew(CommandId command) {
    return answered.add(command);
  }

  /** Whether its engine waits for a person, or for another thread. */
  public boolean waits() {
    return questions.waits() || delegations.waits();
  }

  /** Called, from now on, when that has changed; without any lock of the run. */
  public void onWait(Runnable listener) {
    questions.onChange(listener);
    delegations.onChange(listener);
  }

  /** It is not this machine's any more: ends at once and says nothing of it. */
  public void supersede() {
    report.fallSilent();
    end(Ending.SUPERSEDED);
  }

  /**
   * Another run was granted in its workspace. A later attempt of the session means that it was
   * lost.
   */
  void makeWayFor(RunOrder next) {
    if (next.sessionId().equals(order.sessionId()) && next.attempt() > order.attempt()) {
      supersede();
    }
  }

  /** The worker stops. */
  public void stopWithWorker() {
    end(Ending.WORKER_STOPPED);
  }

  /** Completes when no process of it is left and its end is in the spool. */
  public CompletableFuture<Void> over() {
    return over.copy();
  }

  /** Completes when the broker has all that it reported. */
  public CompletableFuture<Void> delivered() {
    return report.delivered();
  }

  private void end(Ending wanted) {
    EngineRun running;
    synchronized (this) {
      if (over.isDone() || (ending != null && ending.compareTo(wanted) >= 0)) {
        return;
      }
      ending = wanted;
      running = engine;
    }
    preparation.request();
    endWaits(reasonOf(wanted), wanted != Ending.SUPERSEDED);
    if (running != null) {
      end(running, wanted);
    }
  }

  private void endWaits(String reason, boolean told) {
    questions.end(reason, told);
    delegations.end(reason, told);
  }

  private synchronized String reasonOf(Ending wanted) {
    return switch (wanted) {
      case CANCELLED -> "cancelled by " + endedBy;
      case WORKER_STOPPED -> "the worker was stopped";
      case SUPERSEDED -> "the attempt is not this machine's any more";
    };
  }

  private void end(EngineRun running, Ending wanted) {
    if (wanted == Ending.SUPERSEDED) {
      kill(running);
      return;
    }
    running.terminate();
    CompletableFuture.delayedExecutor(tools.cancelGrace().toMillis(), TimeUnit.MILLISECONDS)
        .execute(() -> {
          if (!running.done().isDone()) {
            kill(running);
          }
        });
  }

  private void kill(EngineRun running) {
    synchronized (this) {
      if (killed) {
        return;
      }
      killed = true;
    }
    try (var _ = order.scope()) {
      log.atInfo().addKeyValue("run", order.marker()).log("killing an engine");
    }
    running.kill();
  }

  private void run() {
    Integer exitCode = null;
    Failure failure;
    try {
      phase(Phase.PREPARING);
      Workspace workspace = place.prepare(preparation);
      if (order.purpose() == RunPurpose.RESET) {
        reset(workspace);
        failure = null;
      } else if (order.purpose() == RunPurpose.REPOSITORY) {
        act(workspace);
        failure = null;
      } else {
        setUp(workspace);
        place.before(workspace, preparation);
        phase(Phase.STARTING);
        EngineRun.Result result = runEngine(workspace);
        exitCode = result.exitCode();
        failure = result.failure();
        if (exitCode != null) {
          report.event(new TraceBody.EngineExited(exitCode, result.duration().toMillis()));
        }
        if (!endedAs(Ending.SUPERSEDED)) {
          place.after(workspace);
        }
      }
    } catch (WorkspaceException e) {
      failure = e.failure();
    } catch (EngineFailedException e) {
      failure = e.failure();
    } catch (InterruptedException e) {
      failure = new Failure("cancelled", "cancelled while preparing the workspace", false);
    } catch (RuntimeException | Error e) {
      // Whatever it is, a run that is never over would keep its slot and its claim for ever.
      log.atError().addKeyValue("run", order.marker()).setCause(e).log("run failed in the worker");
      failure = new Failure("worker_error", "the worker failed: " + e, true);
    }
    awaitInput();
    try {
      finish(exitCode, failure);
    } catch (RuntimeException | Error e) {
      // Missing from the heartbeats then, it is given to another worker.
      report.fallSilent();
      log.atError().addKeyValue("run", order.marker()).setCause(e).log("cannot report an end");
    } finally {
      over.complete(null);
    }
  }

  private EngineRun.Result runEngine(Workspace workspace)
      throws EngineFailedException, WorkspaceException {
    Engine kind =
        tools
            .engines()
            .find(order.spec().engine().name())
            .orElseThrow(() ->
                new EngineFailedException(
                    new Failure(
                        "engine_unknown",
                        "the worker has no engine '%s'".formatted(order.spec().engine().name()),
                        false)));
    if (secrets.problem() != null) {
      throw new EngineFailedException(new Failure("secrets_unusable", secrets.problem(), false));
    }
    long mayRunUntil = mayRunUntil();
    RunListener listener =
        new RunListener(
            order,
            tools,
            report,
            questions,
            checkpoints,
            kind,
            workspace,
            () -> endedAs(Ending.CANCELLED));
    if (!kind.takesTools()) {
      return runEngine(kind, task(workspace, mayRunUntil, secrets, null), listener);
    }
    try (ToolServers.Offer offer =
        tools.toolServers().open(listener, order.threadId() == null ? null : delegations)) {
      // An engine that shows its settings, or a model that looks for them, must not tell it.
      RunSecrets known = secrets.hiding("of Heddle's tools", offer.server().token());
      report.redactWith(known.redactor());
      return runEngine(kind, task(workspace, mayRunUntil, known, offer.server()), listener);
    }
  }

  private EngineTask task(
      Workspace workspace, long mayRunUntil, RunSecrets known, @Nullable ToolServer toolServer) {
    return new EngineTask(
        order.marker(),
        order.spec().engine(),
        order.spec().prompt(),
        order.spec().continuation(),
        new MessageId(tools.ids().next()),
        workspace.directory(),
        order.identity(),
        known,
        mayRunUntil,
        toolServer);
  }

  private EngineRun.Result runEngine(Engine kind, EngineTask task, RunListener listener)
      throws EngineFailedException {
    // Without the monitor: a tick that waited for a new process would hold up the heartbeats.
    return await(kind.start(task, listener));
  }

  private void setUp(Workspace workspace) throws EngineFailedException, WorkspaceException {
    if (setup.isNeeded(workspace)) {
      EngineRun.Result result = await(setup.start(workspace, mayRunUntil()));
      synchronized (this) {
        engine = null;
        killed = false;
      }
      // Who has ended it is who has ended the run.
      mayRunUntil();
      setup.finish(workspace, result);
    }
  }

  private synchronized long mayRunUntil() throws EngineFailedException {
    if (ending != null) {
      throw new EngineFailedException(
          new Failure("cancelled", "ended before the engine was started", false));
    }
    return deadline;
  }

  private EngineRun.Result await(EngineRun started) {
    Ending early;
    synchronized (this) {
      engine = started;
      started.tick(deadline);
      early = ending;
    }
    if (early != null) {
      end(started, early);
    }
    return started.done().join();
  }

  /** Starts no engine: the files are all that changes. */
  private void reset(Workspace workspace)
      throws WorkspaceException, EngineFailedException, InterruptedException {
    CheckpointTarget target = order.resetTo();
    if (target == null) {
      throw new EngineFailedException(
          new Failure("no_checkpoint", "nobody said which checkpoint is wanted", false));
    }
    beganWithoutEngine(workspace);
    checkpoints.restore(workspace, target, preparation);
    place.reportRepository(workspace);
  }

  /** Starts no engine either. */
  private void act(Workspace workspace) throws WorkspaceException, InterruptedException {
    beganWithoutEngine(workspace);
    try {
      action.act(workspace, order.action(), preparation);
    } finally {
      place.reportRepository(workspace);
    }
  }

  private void beganWithoutEngine(Workspace workspace) {
    report.fact(
        new SessionFact.EngineStarted(
            null, workspace.directory().toString(), workspace.branch(), false));
  }

  private void phase(Phase phase) {
    report.fact(new SessionFact.PhaseEntered(phase));
    report.event(new TraceBody.PhaseEntered(phase, null));
  }

  private void finish(@Nullable Integer exitCode, @Nullable Failure failure) {
    endWaits("the run ended", !endedAs(Ending.SUPERSEDED));
    Ending how;
    String by;
    synchronized (this) {
      how = ending;
      by = endedBy;
    }
    if (how == Ending.SUPERSEDED) {
      report.fallSilent();
      log.atInfo().addKeyValue("run", order.marker()).log("superseded run ended");
      return;
    }
    Outcome outcome = failure == null ? Outcome.COMPLETED : Outcome.FAILED;
    Failure reported = failure;
    if (how == Ending.CANCELLED) {
      outcome = Outcome.CANCELLED;
      reported = new Failure("cancelled", "cancelled by " + by, false);
    } else if (how == Ending.WORKER_STOPPED) {
      outcome = Outcome.FAILED;
      reported =
          new Failure("worker_stopped", "the worker was stopped before the run had ended", true);
    }
    if (reported != null && outcome == Outcome.FAILED) {
      report.event(new TraceBody.ErrorRaised(reported));
    }
    report.end(new SessionFact.AttemptEnded(outcome, exitCode, reported));
    log.atInfo()
        .addKeyValue("run", order.marker())
        .addKeyValue("outcome", outcome.wire())
        .addKeyValue("code", reported == null ? "-" : reported.code())
        .log("run ended");
  }

  private synchronized boolean endedAs(Ending which) {
    return ending == which;
  }
}
