package dev.heddle.worker.engine;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.TraceBody;
import dev.heddle.worker.process.BootClock;
import dev.heddle.worker.process.Guards;
import dev.heddle.worker.process.RunMarker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CommandRunIT {

  @TempDir Path home;

  @Test
  void anEngineWhoseOutputCannotBePassedOnIsKilledInsteadOfWaitingForEver() throws Exception {
    RunMarker marker = new RunMarker(UUID.randomUUID() + ".1.abcdef");
    try (ScheduledExecutorService flusher = Executors.newSingleThreadScheduledExecutor()) {
      CommandEngine engine =
          new CommandEngine(
              Guards.install(home),
              List.of("bash", "-s"),
              new OutputLimits(1_000_000, 10_000),
              Set.of(),
              flusher);

      EngineRun run =
          engine.start(
              new EngineTask(
                  marker,
                  EngineSpec.of(CommandEngine.NAME),
                  "while :; do echo something; done",
                  new MessageId(UUID.randomUUID()),
                  home,
                  Map.of(),
                  BootClock.system().millis() + 600_000),
              new Deaf());

      EngineRun.Result result;
      try {
        result = run.done().get(20, SECONDS);
      } finally {
        run.kill();
      }
      assertThat(result.failure()).isNotNull();
      assertThat(result.failure().code()).isEqualTo("engine_lost");
      assertThat(result.failure().message()).contains("nobody listens");
    }
  }

  private static final class Deaf implements EngineListener {
    @Override
    public void started(@Nullable String engineSessionId) {}

    @Override
    public void event(TraceBody event) {
      throw new IllegalStateException("nobody listens");
    }

    @Override
    public void message(MessageId id, String text, MessageStatus status, boolean truncated) {}
  }
}
