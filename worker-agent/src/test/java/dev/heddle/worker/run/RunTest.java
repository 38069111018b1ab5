package dev.heddle.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.SessionId;
import dev.heddle.worker.engine.Engine;
import dev.heddle.worker.engine.EngineListener;
import dev.heddle.worker.engine.EngineRun;
import dev.heddle.worker.engine.EngineTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class RunTest {

  @TempDir Path home;

  @Test
  void aTickDoesNotWaitForAnEngineThatIsBeingStarted() throws Exception {
    SlowEngine engine = new SlowEngine();
    Run run = new RunBench(home, engine).begin(1_000);
    engine.starting.await();

    CompletableFuture<Void> ticked = CompletableFuture.runAsync(() -> run.tick(2_000));
    ticked.get(5, TimeUnit.SECONDS);
    engine.mayStart.countDown();

    assertThat(engine.ticks.poll(5, TimeUnit.SECONDS)).isEqualTo(2_000);
    engine.done.complete(new EngineRun.Result(0, Duration.ZERO, null));
    run.over().get(5, TimeUnit.SECONDS);
  }

  @Test
  void anEngineThatWasSupersededWhileItStartedIsKilled() throws Exception {
    SlowEngine engine = new SlowEngine();
    Run run = new RunBench(home, engine).begin(1_000);
    engine.starting.await();

    run.supersede();
    engine.mayStart.countDown();

    run.over().get(5, TimeUnit.SECONDS);
    assertThat(engine.wasKilled.getCount()).isZero();
  }

  @Test
  void aRunIsOverAndReportedWhateverItsStartThrows() throws Exception {
    SlowEngine engine = new SlowEngine();
    engine.failure = new OutOfMemoryError("unable to create native thread");
    engine.mayStart.countDown();
    RunBench bench = new RunBench(home, engine);

    Run run = bench.begin(1_000);

    run.over().get(5, TimeUnit.SECONDS);
    run.delivered().get(5, TimeUnit.SECONDS);
    assertThat(bench.reported)
        .filteredOn(record -> record.startsWith("session.events"))
        .last()
        .asString()
        .contains("worker_error", "unable to create native thread");
  }

  @Test
  void anAttemptBeginsWhenTheLostOneHasLeftItsWorkspace() throws Exception {
    SlowEngine engine = new SlowEngine();
    engine.mayStart.countDown();
    engine.diesWhenKilled = false;
    RunBench bench = new RunBench(home, engine);
    SessionId session = new SessionId(UUID.randomUUID());
    Run lost = bench.begin(session, 1, 1_000);
    EngineRun first = engine.started.take();

    Run next = bench.begin(session, 2, 1_000);

    assertThat(engine.wasKilled.await(5, TimeUnit.SECONDS)).isTrue();
    Run other = bench.begin(1_000);
    EngineRun elsewhere = engine.started.take();
    assertThat(engine.started).as("nothing else was started while the lost one dies").isEmpty();
    engine.done.complete(new EngineRun.Result(137, Duration.ZERO, null));
    lost.over().get(5, TimeUnit.SECONDS);
    assertThat(engine.started.poll(5, TimeUnit.SECONDS)).isNotIn(null, first, elsewhere);
    next.delivered().get(5, TimeUnit.SECONDS);
    other.delivered().get(5, TimeUnit.SECONDS);
    assertThat(bench.reported)
        .filteredOn(record -> record.contains("attempt.ended"))
        .as("the lost one says nothing of its end")
        .hasSize(2);
  }

  @Test
  void nothingRunsWithoutTheSecretsThatItShouldHave() throws Exception {
    writeSecrets("all: {KEY: env:NOWHERE}");
    SlowEngine engine = new SlowEngine();
    engine.mayStart.countDown();
    RunBench bench = new RunBench(home, engine);

    bench.begin(1_000).delivered().get(5, TimeUnit.SECONDS);

    assertThat(engine.started).isEmpty();
    assertThat(bench.reported)
        .filteredOn(record -> record.startsWith("session.events"))
        .last()
        .asString()
        .contains("secrets_unusable", "all.KEY");
  }

  @Test
  void whateverIsReportedHoldsNoSecret() throws Exception {
    writeSecrets("projects: {other: {KEY: sk-12@3456789}}");
    SlowEngine engine = new SlowEngine();
    engine.failure = new AssertionError("cannot use sk-12@3456789");
    engine.mayStart.countDown();
    RunBench bench = new RunBench(home, engine);

    bench.begin(1_000).delivered().get(5, TimeUnit.SECONDS);

    assertThat(bench.reported)
        .filteredOn(record -> record.contains("worker_error"))
        .isNotEmpty()
        .allMatch(record -> record.contains("cannot use [secret KEY]"));
    assertThat(bench.reported).noneMatch(record -> record.contains("3456789"));
  }

  private void writeSecrets(String text) throws IOException {
    Path file = Files.writeString(home.resolve("secrets.yml"), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  /** Starts when it is let, and ends when it is told. */
  private static final class SlowEngine implements Engine {

    final CountDownLatch starting = new CountDownLatch(1);
    final CountDownLatch mayStart = new CountDownLatch(1);
    final CountDownLatch wasKilled = new CountDownLatch(1);
    final BlockingQueue<Long> ticks = new LinkedBlockingQueue<>();
    final BlockingQueue<EngineRun> started = new LinkedBlockingQueue<>();
    final CompletableFuture<EngineRun.Result> done = new CompletableFuture<>();
    volatile @Nullable Error failure;
    volatile boolean diesWhenKilled = true;

    @Override
    public String name() {
      return "slow";
    }

    @Override
    public @Nullable String version() {
      return null;
    }

    @Override
    public EngineRun start(EngineTask task, EngineListener listener) {
      starting.countDown();
      try {
        mayStart.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      Error thrown = failure;
      if (thrown != null) {
        throw thrown;
      }
      EngineRun run =
          new EngineRun() {
            @Override
            public void tick(long deadline) {
              ticks.add(deadline);
            }

            @Override
            public void terminate() {}

            @Override
            public void kill() {
              wasKilled.countDown();
              if (diesWhenKilled) {
                done.complete(new Result(137, Duration.ZERO, null));
              }
            }

            @Override
            public CompletableFuture<Result> done() {
              return done;
            }
          };
      started.add(run);
      return run;
    }
  }
}
