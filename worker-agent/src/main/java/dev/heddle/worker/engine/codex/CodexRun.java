package dev.heddle.worker.engine.codex;

import dev.heddle.contracts.Failure;
import dev.heddle.worker.engine.EngineRun;
import dev.heddle.worker.engine.EngineTools;
import dev.heddle.worker.engine.wire.EngineFailures;
import dev.heddle.worker.engine.wire.JsonProcess;
import dev.heddle.worker.engine.wire.JsonRpc;
import dev.heddle.worker.engine.wire.Story;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One run of the {@link CodexEngine}: an app server of its own for one turn. */
final class CodexRun implements EngineRun {

  /** The app server ends when nobody speaks to it any more; one that does not is asked to. */
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(5);

  private final JsonProcess process;
  private final CodexTurn turn;
  private final Story story;
  private final EngineTools tools;
  private final CompletableFuture<Result> done = new CompletableFuture<>();

  CodexRun(JsonProcess process, CodexTurn turn, Story story, EngineTools tools) {
    this.process = process;
    this.turn = turn;
    this.story = story;
    this.tools = tools;
  }

  void begin(JsonRpc rpc) {
    var _ = turn.over().thenAccept(this::hangUp);
    var _ = process.ended().thenAccept(this::finish);
    rpc.begin(turn);
  }

  @Override
  public void tick(long deadline) {
    process.tick(deadline);
  }

  @Override
  public void terminate() {
    if (!turn.interrupt()) {
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

  private void hangUp(@Nullable Failure failure) {
    close(failure);
    process.closeInput();
    var _ =
        tools
            .timer()
            .schedule(
                () -> {
                  if (!done.isDone()) {
                    process.terminate();
                  }
                },
                ENDS_WITHIN.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  private void finish(JsonProcess.End end) {
    Failure ended = EngineFailures.of(end, process.lastErrors());
    Failure early = ended == null ? EngineFailures.protocol("it ended before its turn did") : ended;
    turn.abandoned("the engine ended", early);
    Failure failure = end.lost() == null ? turn.over().join() : ended;
    done.complete(
        new Result(end.exit() == null ? null : end.exit().code(), end.duration(), failure));
  }

  private void close(@Nullable Failure failure) {
    story.close(failure == null, failure == null ? "the turn ended" : failure.message());
  }
}
