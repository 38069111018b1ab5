package dev.heddle.worker.engine.acp;

import dev.heddle.contracts.Failure;
import dev.heddle.worker.engine.Cli;
import dev.heddle.worker.engine.EngineListener;
import dev.heddle.worker.engine.EngineRun;
import dev.heddle.worker.engine.EngineTask;
import dev.heddle.worker.engine.EngineTools;
import dev.heddle.worker.engine.wire.EngineFailures;
import dev.heddle.worker.engine.wire.JsonProcess;
import dev.heddle.worker.engine.wire.JsonRpc;
import dev.heddle.worker.engine.wire.Story;
import dev.heddle.worker.process.GuardedProcess.Exit;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One process of an agent, for one turn. When the turn is over its input is closed, at which agents
 * end by themselves; one that does not is made to, which is no failure of the turn.
 */
final class AcpRun implements EngineRun {

  /** How long an agent may take to end when there is nothing to do any more. */
  private static final Duration LEAVE = Duration.ofSeconds(3);

  /** How long one that is cancelled may take to end its turn, before its process is told to end. */
  private static final Duration CANCEL = Duration.ofSeconds(2);

  private final JsonProcess process;
  private final JsonRpc rpc;
  private final EngineTools tools;
  private final Story story;
  private final AcpTurn turn;
  private final CompletableFuture<Result> done = new CompletableFuture<>();

  AcpRun(JsonProcess process, Cli cli, AcpAgent agent, EngineTask task, EngineListener listener) {
    this.process = process;
    this.tools = cli.tools();
    this.rpc = new JsonRpc(process, true);
    this.story = new Story(task, listener, tools);
    this.turn = new AcpTurn(rpc, cli.name(), agent, task, listener, story);
  }

  void begin() {
    var _ = turn.over().thenRun(this::leave);
    var _ = process.ended().thenAccept(this::end);
    rpc.begin(turn);
  }

  private void leave() {
    process.closeInput();
    after(LEAVE, process::terminate);
    after(LEAVE.multipliedBy(2), process::kill);
  }

  /** Unless it has ended by then. */
  private void after(Duration time, Runnable work) {
    ScheduledFuture<?> planned =
        tools.timer().schedule(work, time.toMillis(), TimeUnit.MILLISECONDS);
    var _ = done.whenComplete((_, _) -> planned.cancel(false));
  }

  @Override
  public void tick(long deadline) {
    process.tick(deadline);
  }

  @Override
  public void terminate() {
    if (turn.cancel()) {
      after(CANCEL, process::terminate);
    } else {
      process.terminate();
    }
  }

  @Override
  public void kill() {
    process.kill();
  }

  @Override
  public @Nullable String input(String text) {
    return turn.input(text);
  }

  @Override
  public CompletableFuture<Result> done() {
    return done.copy();
  }

  private void end(JsonProcess.End end) {
    Exit exit = end.exit();
    Integer exitCode = exit == null ? null : exit.code();
    try {
      Failure failure = failure(end);
      turn.processEnded(failure);
      story.close(failure == null, failure == null ? "the turn is over" : failure.message());
      done.complete(new Result(exitCode, end.duration(), failure));
    } catch (RuntimeException | Error e) {
      done.complete(
          new Result(
              exitCode,
              end.duration(),
              new Failure(EngineFailures.LOST, "the worker lost its engine: " + e, true)));
    }
  }

  private @Nullable Failure failure(JsonProcess.End end) {
    AcpTurn.Outcome outcome = turn.outcome();
    if (outcome != null) {
      return end.lost() == null ? outcome.failure() : EngineFailures.of(end, process.lastErrors());
    }
    Failure failure = EngineFailures.of(end, process.lastErrors());
    return failure == null ? EngineFailures.protocol("it ended before it had answered") : failure;
  }
}
