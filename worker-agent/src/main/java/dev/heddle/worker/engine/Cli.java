package dev.heddle.worker.engine;

import dev.heddle.contracts.Failure;
import dev.heddle.worker.process.GuardedProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An engine's program as it is installed on this machine. */
public final class Cli {

  private static final Logger log = LoggerFactory.getLogger(Cli.class);

  private static final Pattern VERSION = Pattern.compile("[0-9]+(\\.[0-9]+)+[0-9A-Za-z.+-]*");

  private final String name;
  private final CliSettings settings;
  private final EngineTools tools;
  private final EngineEnvironment environment;
  private volatile @Nullable String version;

  Cli(String name, CliSettings settings, EngineTools tools) {
    this(name, settings, tools, System.getenv());
  }

  /**
   * @param name of the engine
   * @param worker the worker's own environment
   */
  public Cli(String name, CliSettings settings, EngineTools tools, Map<String, String> worker) {
    this.name = name;
    this.settings = settings;
    this.tools = tools;
    Set<String> passed = new TreeSet<>(tools.passed());
    passed.addAll(settings.environment());
    this.environment = new EngineEnvironment(worker, passed);
  }

  /** Of the engine. */
  public String name() {
    return name;
  }

  public EngineTools tools() {
    return tools;
  }

  /** Where the engine keeps what outlives a run; it may not be there yet. */
  public Path home() {
    Path home = settings.home();
    return (home == null ? tools.home().resolve(name) : home).toAbsolutePath();
  }

  /** As it was when it was last looked at; null before, and where it told none. */
  public @Nullable String version() {
    return version;
  }

  /** Why it cannot start, as far as that is seen without starting it; null where it may. */
  public @Nullable String obstacle() {
    Map<String, String> all = environment.with(Map.of());
    return Programs.find(
                settings.command().getFirst(),
                all.getOrDefault("PATH", ""),
                Path.of("").toAbsolutePath())
            .isPresent()
        ? null
        : notFound();
  }

  private String notFound() {
    return "the program '%s' of the engine %s was not found on this machine, or may not be executed; install it, or set its command to where it is"
        .formatted(settings.command().getFirst(), name);
  }

  /**
   * Asks its version: what {@code --version} prints, as far as it is a number. Starts it.
   *
   * @param limit after which it has none
   */
  public Findings look(Duration limit) {
    String obstacle = obstacle();
    if (obstacle == null) {
      try {
        version = askVersion(limit);
      } catch (IOException e) {
        obstacle = "its program could not be started: " + e.getMessage();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return new Findings(version, obstacle, List.of());
  }

  private @Nullable String askVersion(Duration limit) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(settings.command());
    words.add("--version");
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(environment.with(Map.of()));
    Process process = builder.start();
    process.getOutputStream().close();
    CompletableFuture<String> said = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> said.complete(beginning(process)));
    try {
      Matcher version = VERSION.matcher(said.get(limit.toMillis(), TimeUnit.MILLISECONDS));
      return version.find() ? version.group() : null;
    } catch (ExecutionException | TimeoutException e) {
      log.atWarn().addKeyValue("engine", name).log("an engine does not say its version in time");
      return null;
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static String beginning(Process process) {
    try (InputStream output = process.getInputStream()) {
      return new String(output.readNBytes(4_096), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  /**
   * Starts it under a guard.
   *
   * @param arguments behind the configured command
   * @param variables over those that it inherits, and over those of the run
   * @throws EngineFailedException where that cannot be
   */
  public GuardedProcess start(
      EngineTask task, List<String> arguments, Map<String, String> variables)
      throws EngineFailedException {
    Map<String, String> all = environment.with(task.variables());
    all.putAll(variables);
    String program = settings.command().getFirst();
    if (Programs.find(program, all.getOrDefault("PATH", ""), task.directory()).isEmpty()) {
      throw new EngineFailedException(new Failure("engine_not_found", notFound(), false));
    }
    List<String> words = new ArrayList<>(settings.command());
    words.addAll(arguments);
    if (words.stream().anyMatch(word -> word.indexOf('\0') >= 0)) {
      throw new EngineFailedException(
          new Failure("bad_command", "a setting of the engine holds a NUL character", false));
    }
    try {
      Files.createDirectories(home());
      return tools.guards().start(task.marker(), words, task.directory(), all, task.deadline());
    } catch (IOException e) {
      throw new EngineFailedException(
          new Failure(
              "engine_not_started",
              "the engine's process could not be started: " + e.getMessage(),
              true));
    }
  }
}
