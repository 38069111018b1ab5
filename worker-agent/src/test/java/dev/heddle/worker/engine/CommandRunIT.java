package dev.heddle.worker.engine;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.CheckpointMoment;
import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessagePart;
import dev.heddle.contracts.Plan;
import dev.heddle.contracts.PullRequest;
import dev.heddle.contracts.SessionFact.MessageCompleted;
import dev.heddle.contracts.TokenUsage;
import dev.heddle.contracts.TraceBody;
import dev.heddle.worker.process.BootClock;
import dev.heddle.worker.process.Guards;
import dev.heddle.worker.process.RunMarker;
import dev.heddle.worker.secret.Redactor;
import dev.heddle.worker.secret.RunSecrets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CommandRunIT {

  /** A deadline that no test reaches. */
  private static final long FAR = BootClock.system().millis() + 600_000;

  @TempDir Path home;

  private final RunMarker marker = new RunMarker(UUID.randomUUID() + ".1.abcdef");
  private RunSecrets secrets = RunSecrets.NONE;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  @AfterEach
  void close() {
    timer.close();
  }

  @Test
  void anEngineWhoseOutputCannotBePassedOnIsKilledInsteadOfWaitingForEver() throws Exception {
    EngineRun.Result result =
        resultOf(
            start(
                "while :; do echo something; done",
                FAR,
                new Deaf(new IllegalStateException("nobody listens"))));

    assertThat(result.failure()).isNotNull();
    assertThat(result.failure().code()).isEqualTo("engine_lost");
    assertThat(result.failure().message()).contains("nobody listens");
  }

  @Test
  void anErrorInTheWorkerEndsTheEngineToo() throws Exception {
    EngineRun.Result result =
        resultOf(
            start(
                "while :; do echo something; done",
                FAR,
                new Deaf(new StackOverflowError("too deep"))));

    assertThat(result.failure()).isNotNull();
    assertThat(result.failure().message()).contains("too deep");
  }

  @Test
  void anErrorBeforeTheFirstOutputEndsTheEngineToo() throws Exception {
    EngineRun.Result result =
        resultOf(
            start(
                "sleep 60",
                FAR,
                new Deaf(null) {
                  @Override
                  public void started(@Nullable String engineSessionId) {
                    throw new OutOfMemoryError("unable to create native thread");
                  }
                }));

    assertThat(result.failure()).isNotNull();
    assertThat(result.failure().message()).contains("unable to create native thread");
  }

  @Test
  void anEngineWhoseProcessCannotBeRecordedRunsAllTheSame() throws Exception {
    List<String> started = new ArrayList<>();
    EngineRun run =
        start(
            "exit 7",
            0,
            new Deaf(null) {
              @Override
              public void started(@Nullable String engineSessionId) {
                started.add("started");
              }
            });
    // In the way of the record; the engine does not begin before its first tick.
    Files.createDirectory(home.resolve("runs").resolve(marker.value()).resolve("engine"));
    run.tick(FAR);

    EngineRun.Result result = resultOf(run);

    assertThat(started).hasSize(1);
    assertThat(result.exitCode()).isEqualTo(7);
    assertThat(result.failure().code()).isEqualTo("exit_nonzero");
  }

  @Test
  void whatAnEngineKnowsIsNotShownEvenWhereItPrintsItPieceByPiece() throws Exception {
    secrets =
        new RunSecrets(
            Map.of("KEY", "sk-123456789"), new Redactor(Map.of("KEY", "sk-123456789")), null);
    List<String> told = new CopyOnWriteArrayList<>();
    EngineRun run =
        start(
            "echo \"a $KEY\"; printf 'b sk-1234'; sleep 0.6; echo 56789; echo \"c $KEY\" >&2; exit 3",
            FAR,
            new Deaf(null) {
              @Override
              public void event(TraceBody event) {
                told.add(event.toString());
              }

              @Override
              public void message(MessageCompleted message) {
                told.add(message.text());
              }
            });

    EngineRun.Result result = resultOf(run);

    assertThat(told).isNotEmpty().allMatch(one -> !one.contains("1234"));
    assertThat(told.getLast()).isEqualTo("a [secret KEY]\nb [secret KEY]");
    assertThat(result.failure().message()).contains("c [secret KEY]").doesNotContain("1234");
  }

  private EngineRun start(String script, long deadline, EngineListener listener) throws Exception {
    CommandEngine engine =
        new CommandEngine(
            new EngineTools(
                Guards.install(home),
                Set.of(),
                new OutputLimits(1_000_000, 10_000),
                home.resolve("engines"),
                new Ids(Clock.systemUTC(), new SecureRandom()),
                Clock.systemUTC(),
                timer),
            List.of("bash", "-s"));
    return engine.start(
        new EngineTask(
            marker,
            EngineSpec.of(CommandEngine.NAME),
            script,
            null,
            new MessageId(UUID.randomUUID()),
            home,
            Map.of(),
            secrets,
            deadline,
            null),
        listener);
  }

  private static EngineRun.Result resultOf(EngineRun run) throws Exception {
    try {
      return run.done().get(20, SECONDS);
    } finally {
      run.kill();
    }
  }

  private static class Deaf implements EngineListener {

    private final @Nullable Throwable thrown;

    Deaf(@Nullable Throwable thrown) {
      this.thrown = thrown;
    }

    @Override
    public void started(@Nullable String engineSessionId) {}

    @Override
    public void event(TraceBody event) {
      switch (thrown) {
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case null, default -> {}
      }
    }

    @Override
    public void partial(MessageId id, String text, List<MessagePart> parts) {}

    @Override
    public void message(MessageCompleted message) {}

    @Override
    public void state(EngineState state) {}

    @Override
    public void plan(Plan plan) {}

    @Override
    public void usage(TokenUsage usage) {}

    @Override
    public void checkpoint(String ref, CheckpointMoment moment, int changedFiles) {}

    @Override
    public void pullRequest(PullRequest pullRequest) {}

    @Override
    public void compacted(String summary, @Nullable MessageId through) {}

    @Override
    public void title(String title) {
      throw new AssertionError("a command has no title");
    }

    @Override
    public Asked ask(Ask ask) {
      throw new AssertionError("a command asks nobody");
    }

    @Override
    public void withdraw(ApprovalId asked, String reason) {
      throw new AssertionError("a command asks nobody");
    }
  }
}
