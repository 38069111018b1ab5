package dev.heddle.worker.engine;

import dev.heddle.contracts.Heartbeat.EngineInfo;
import dev.heddle.worker.engine.acp.AcpEngine;
import dev.heddle.worker.engine.claude.ClaudeEngine;
import dev.heddle.worker.engine.codex.CodexEngine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The engines that are switched on, by name, and what is known of each. */
public final class Engines {

  private static final Logger log = LoggerFactory.getLogger(Engines.class);

  private final Roster roster;
  private final @Nullable Engine shell;
  private final Map<String, Offered> offered = new LinkedHashMap<>();

  /** Without one that runs set-up commands. */
  public Engines(List<Engine> engines) {
    this(new Roster(List.of(), List.of(), engines), null);
  }

  private Engines(Roster roster, @Nullable Engine shell) {
    this.roster = roster;
    this.shell = shell;
    update(roster.engines());
  }

  /** An engine that is on, and what was found of it. */
  private record Offered(Engine engine, Findings findings) {

    EngineInfo info() {
      return new EngineInfo(
          engine.name(), findings.version(), findings.unavailable(), findings.models());
    }
  }

  /** An engine that this worker knows; made once, and only if it is wanted. */
  private static final class Known {
    private final String name;
    private final String program;
    private final Supplier<Engine> maker;
    private @Nullable Engine made;

    Known(String name, String program, Supplier<Engine> maker) {
      this.name = name;
      this.program = program;
      this.maker = maker;
    }

    synchronized Engine engine() {
      if (made == null) {
        made = maker.get();
      }
      return made;
    }

    Optional<Path> file() {
      String path = System.getenv().getOrDefault("PATH", "");
      return Programs.find(program, path, Path.of("").toAbsolutePath());
    }
  }

  /**
   * Which engines are on.
   *
   * @param names as they are configured
   * @param further in any case
   */
  private record Roster(List<String> names, List<Known> known, List<Engine> further) {

    /** As it is now: with {@code auto} that depends on the programs that are there. */
    Map<String, Engine> engines() {
      Map<String, Engine> engines = new LinkedHashMap<>();
      for (String name : names) {
        boolean auto = name.equals(EngineProperties.AUTO);
        known.stream()
            .filter(one -> auto ? one.file().isPresent() : one.name.equals(name))
            .forEach(one -> engines.putIfAbsent(one.name, one.engine()));
      }
      further.forEach(engine -> engines.put(engine.name(), engine));
      return engines;
    }
  }

  /**
   * Those that the configuration names, and further ones.
   *
   * @throws IllegalArgumentException where it names one that this worker does not know
   */
  public static Engines of(EngineProperties properties, EngineTools tools, List<Engine> further) {
    List<Known> known = known(properties, tools);
    List<String> names = known.stream().map(one -> one.name).toList();
    for (String name : properties.engines()) {
      if (!name.equals(EngineProperties.AUTO) && !names.contains(name)) {
        throw new IllegalArgumentException(
            "heddle.worker.engines names '%s', but this worker knows only: %s, %s"
                .formatted(name, String.join(", ", names), EngineProperties.AUTO));
      }
    }
    return new Engines(
        new Roster(properties.engines(), known, further),
        new CommandEngine(tools, properties.command()));
  }

  private static List<Known> known(EngineProperties properties, EngineTools tools) {
    List<Known> known = new ArrayList<>();
    known.add(
        new Known(
            CommandEngine.NAME,
            properties.command().getFirst(),
            () -> new CommandEngine(tools, properties.command())));
    known.add(known("claude", properties.engine().claude(), tools, ClaudeEngine::new));
    known.add(known(CodexEngine.NAME, properties.engine().codex(), tools, CodexEngine::new));
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

  /** What runs set-up commands, whether people may ask for it or not; empty in some tests. */
  public Optional<Engine> shell() {
    return Optional.ofNullable(shell);
  }

  public synchronized Optional<Engine> find(String name) {
    return Optional.ofNullable(offered.get(name)).map(Offered::engine);
  }

  /** Why an engine that is on cannot start, as far as is known; null where it can. */
  public synchronized @Nullable String whyUnavailable(String name) {
    Offered one = offered.get(name);
    return one == null ? null : one.findings().unavailable();
  }

  /** For the heartbeat: as they were when they were last looked at. */
  public synchronized List<EngineInfo> infos() {
    return offered.values().stream().map(Offered::info).toList();
  }

  /**
   * Which files the programs are and when they were written, by engine; what has not changed here
   * is the same program. Starts nothing.
   */
  Map<String, String> programs() {
    Map<String, String> programs = new TreeMap<>();
    roster
        .known()
        .forEach(one ->
            one.file().ifPresent(file -> programs.put(one.name, Programs.fingerprint(file))));
    return programs;
  }

  /**
   * Looks at all of them at once, and at those that have come since.
   *
   * @param changed called after each of which something else was found
   */
  void look(Runnable changed) throws InterruptedException {
    if (update(roster.engines())) {
      changed.run();
    }
    List<Engine> engines;
    synchronized (this) {
      engines = offered.values().stream().map(Offered::engine).toList();
    }
    List<Thread> threads = new ArrayList<>();
    for (Engine engine : engines) {
      threads.add(
          Thread.ofVirtual()
              .name("look-" + engine.name())
              .start(() -> {
                if (found(engine, engine.look())) {
                  changed.run();
                }
              }));
    }
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      threads.forEach(Thread::interrupt);
      throw e;
    }
  }

  private synchronized boolean update(Map<String, Engine> now) {
    boolean changed = offered.keySet().retainAll(now.keySet());
    for (Engine engine : now.values()) {
      Offered known = offered.get(engine.name());
      if (known == null) {
        offered.put(engine.name(), new Offered(engine, Findings.ofObstacle(engine.obstacle())));
        changed = true;
      }
    }
    return changed;
  }

  private synchronized boolean found(Engine engine, Findings findings) {
    Offered before = offered.get(engine.name());
    if (before == null || before.findings().equals(findings)) {
      return false;
    }
    offered.put(engine.name(), new Offered(engine, findings));
    if (!Objects.equals(before.findings().unavailable(), findings.unavailable())) {
      log.atWarn()
          .addKeyValue("engine", engine.name())
          .addKeyValue("reason", findings.unavailable())
          .log(
              findings.unavailable() == null
                  ? "an engine can start now"
                  : "an engine cannot start");
    }
    return true;
  }
}
