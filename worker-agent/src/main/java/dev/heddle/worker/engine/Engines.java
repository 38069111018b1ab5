package dev.heddle.worker.engine;

import dev.heddle.contracts.Heartbeat.EngineInfo;
import dev.heddle.worker.process.Guards;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The engines that are switched on, by name. */
public final class Engines {

  private final Map<String, Engine> engines = new LinkedHashMap<>();
  private final List<EngineInfo> infos;
  private final @Nullable Engine shell;

  /** Without one that runs set-up commands. */
  public Engines(List<Engine> engines) {
    this(engines, null);
  }

  private Engines(List<Engine> engines, @Nullable Engine shell) {
    this.shell = shell;
    engines.forEach(engine -> this.engines.put(engine.name(), engine));
    infos =
        engines.stream().map(engine -> new EngineInfo(engine.name(), engine.version())).toList();
  }

  /**
   * Those that the configuration names, and further ones.
   *
   * @throws IllegalArgumentException where it names one that this worker does not know
   */
  public static Engines of(EngineProperties properties, Guards guards, List<Engine> further) {
    ScheduledExecutorService flusher =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("flush-open-lines").factory());
    Engine command =
        new CommandEngine(
            guards,
            properties.command(),
            new OutputLimits(properties.outputBytes().toBytes(), properties.outputLines()),
            Set.copyOf(properties.passEnvironment()),
            flusher);
    Stream<Engine> named =
        properties.engines().stream()
            .map(name -> {
              if (!name.equals(CommandEngine.NAME)) {
                throw new IllegalArgumentException(
                    "heddle.worker.engines names '%s', but this worker knows only: %s"
                        .formatted(name, CommandEngine.NAME));
              }
              return command;
            });
    return new Engines(Stream.concat(named, further.stream()).toList(), command);
  }

  /** What runs set-up commands, whether people may ask for it or not; empty in some tests. */
  public Optional<Engine> shell() {
    return Optional.ofNullable(shell);
  }

  public Optional<Engine> find(String name) {
    return Optional.ofNullable(engines.get(name));
  }

  /** For the heartbeat; the versions as they were when the worker started. */
  public List<EngineInfo> infos() {
    return infos;
  }
}
