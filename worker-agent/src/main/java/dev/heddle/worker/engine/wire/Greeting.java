package dev.heddle.worker.engine.wire;

import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.Failure;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.TraceBody;
import dev.heddle.worker.engine.Cli;
import dev.heddle.worker.engine.EngineFailedException;
import dev.heddle.worker.engine.EngineTask;
import dev.heddle.worker.engine.Findings;
import dev.heddle.worker.process.BootClock;
import dev.heddle.worker.process.RunMarker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Starts an engine, greets it, asks which models it has, and ends it: what can do that can start.
 * It runs under a guard like any run, in the folder that is its home.
 */
public abstract class Greeting {

  private static final Logger log = LoggerFactory.getLogger(Greeting.class);

  /** A program that is started for the first time may look around for a while. */
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final Cli cli;

  protected Greeting(Cli cli) {
    this.cli = cli;
  }

  /** Behind the command. */
  protected abstract List<String> arguments();

  /** For the engine's process beside what it inherits. */
  protected abstract Map<String, String> variables();

  /**
   * Greets it.
   *
   * @return the models; fails with an {@link RpcException} where it answers and lists none
   */
  protected abstract CompletableFuture<List<String>> models(JsonProcess process);

  /** Takes at most twice the limit: its version is asked before. */
  public final Findings look() {
    Findings version = cli.look(LIMIT);
    if (version.unavailable() != null) {
      return version;
    }
    try {
      return greet(version);
    } catch (EngineFailedException e) {
      return unavailable(version, e.failure().message());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return version;
    }
  }

  private Findings greet(Findings version) throws EngineFailedException, InterruptedException {
    EngineTask task = task();
    JsonProcess process =
        new JsonProcess(cli.start(task, arguments(), variables()), task, cli.tools());
    CompletableFuture<List<String>> models = models(process);
    var _ =
        process
            .ended()
            .thenRun(() -> models.completeExceptionally(new IllegalStateException("it ended")));
    try {
      return new Findings(
          version.version(), null, models.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException e) {
      return isRefusal(e) ? version : ended(version, process);
    } catch (TimeoutException e) {
      // It may be waiting for the network: that is no reason to offer it to nobody.
      log.atWarn()
          .addKeyValue("engine", cli.name())
          .log("an engine does not say which models it has");
      return version;
    } finally {
      process.kill();
    }
  }

  /** It answers: to list its models it may have to be signed in, which a run's secrets can do. */
  private static boolean isRefusal(ExecutionException failure) {
    Throwable cause = failure.getCause();
    return cause instanceof RpcException
        || (cause instanceof CompletionException && cause.getCause() instanceof RpcException);
  }

  private Findings ended(Findings version, JsonProcess process) throws InterruptedException {
    process.kill();
    try {
      JsonProcess.End end = process.ended().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      Failure failure = EngineFailures.of(end, process.lastErrors());
      return unavailable(
          version, failure == null ? "it ends as soon as it is started" : failure.message());
    } catch (ExecutionException | TimeoutException e) {
      return unavailable(version, "it ends as soon as it is started");
    }
  }

  private static Findings unavailable(Findings version, String why) {
    return new Findings(version.version(), Bounded.text(why, 500), List.of());
  }

  private EngineTask task() {
    String nonce = cli.tools().ids().next().toString().replace("-", "");
    return new EngineTask(
        new RunMarker("discovery.0." + nonce),
        EngineSpec.of(cli.name()),
        "",
        null,
        new MessageId(cli.tools().ids().next()),
        cli.home(),
        Map.of(),
        BootClock.system().millis() + LIMIT.multipliedBy(2).toMillis());
  }

  /** Hears nothing but answers. */
  protected abstract static class Silent implements JsonRpc.Peer {

    protected Silent() {}

    @Override
    public void notified(String method, JsonNode params, String raw) {}

    @Override
    public boolean asked(RpcId id, String method, JsonNode params, String raw) {
      return false;
    }

    @Override
    public void noise(String line) {}

    @Override
    public void overlong(long bytes) {}

    @Override
    public void error(TraceBody.EngineOutput part, int bytes) {}
  }

  /** The texts of one member of each object of a list, without those that have none. */
  protected static List<String> named(JsonNode list, String member) {
    return list.valueStream()
        .map(one -> Fields.text(one, member))
        .filter(Objects::nonNull)
        .distinct()
        .limit(100)
        .toList();
  }
}
