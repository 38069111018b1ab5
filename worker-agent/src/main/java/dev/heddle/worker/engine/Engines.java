package dev.heddle.worker.engine;

import dev.heddle.contracts.Heartbeat.EngineInfo;
import dev.heddle.worker.engine.acp.AcpEngine;
import dev.heddle.worker.engine.claude.ClaudeEngine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The engines that are switched on, by name. */
public final class Engines {

  private final Map<String, Engine> engines = new LinkedHashMap<>();
  private final List<EngineInfo> infos;

  public Engines(List<Engine> engines) {
    engines.forEach(engine -> this.engines.put(engine.name(), engine));
    infos =
        engines.stream().map(engine -> new EngineInfo(engine.name(), engine.version())).toList();
  }

  /** How the engine of one name is made. */
  private record Known(String name, String program, Supplier<Engine> made) {}

  /**
   * Those that the configuration names, and further ones.
   *
   * @throws IllegalArgumentException where it names one that this worker does not know
   */
  public static Engines of(EngineProperties properties, EngineTools tools, List<Engine> further) {
    Map<String, Known> known = new LinkedHashMap<>();
    known(properties, tools).forEach(one -> known.put(one.name(), one));
    Map<String, Engine> chosen = new LinkedHashMap<>();
    for (String name : properties.engines()) {
      if (name.equals(EngineProperties.AUTO)) {
        known.values().stream()
            .filter(Engines::isInstalled)
            .forEach(one -> chosen.computeIfAbsent(one.name(), _ -> one.made().get()));
        continue;
      }
      Known one = known.get(name);
      if (one == null) {
        throw new IllegalArgumentException(
            "heddle.worker.engines names '%s', but this worker knows only: %s, %s"
                .formatted(name, String.join(", ", known.keySet()), EngineProperties.AUTO));
      }
      chosen.computeIfAbsent(name, _ -> one.made().get());
    }
    return new Engines(Stream.concat(chosen.values().stream(), further.stream()).toList());
  }

  private static List<Known> known(EngineProperties properties, EngineTools tools) {
    List<Known> known = new ArrayList<>();
    known.add(
        new Known(
            CommandEngine.NAME,
            properties.command().getFirst(),
            () -> new CommandEngine(tools, properties.command())));
    known.add(known("claude", properties.engine().claude(), tools, ClaudeEngine::new));
    properties
        .acp()
        .forEach((name, agent) ->
            known.add(known(name, agent.cli(), tools, cli -> new AcpEngine(cli, agent))));
    return known;
  }

  private static Known known(
      String name, CliSettings settings, EngineTools tools, Function<Cli, Engine> adapter) {
    return new Known(
        name, settings.command().getFirst(), () -> adapter.apply(new Cli(name, settings, tools)));
  }

  private static boolean isInstalled(Known one) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Programs.find(one.program(), path, Path.of("").toAbsolutePath()).isPresent();
  }

  public Optional<Engine> find(String name) {
    return Optional.ofNullable(engines.get(name));
  }

  /** For the heartbeat; the versions as they were when the worker started. */
  public List<EngineInfo> infos() {
    return infos;
  }
}
