package dev.heddle.cli;

import static org.awaitility.Awaitility.await;

import dev.heddle.local.ProcessIdentity;
import dev.heddle.local.ServiceProgram;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A machine whose engines do what their prompts say: the real worker as a process of its own, with
 * a main class from the worker's tests. It joins a system through its broker, as {@code heddle
 * work} does, and what its launcher would do for it, a test does.
 */
final class ScriptedMachine implements AutoCloseable {

  /** The pool of all of them, so that no session of another test comes to one. */
  static final String POOL = "scripted";

  /** Their engine. */
  static final String ENGINE = "scripted";

  /** Another one of theirs, which does the same. */
  static final String OTHER_ENGINE = "scripted-too";

  private final HeddleSystem system;
  private final String id;
  private @Nullable Process process;

  private ScriptedMachine(HeddleSystem system, String id) {
    this.system = system;
    this.id = id;
  }

  /** Starts one and waits until it takes sessions. */
  static ScriptedMachine join(HeddleSystem system, String id) {
    ScriptedMachine machine = new ScriptedMachine(system, id);
    try {
      machine.start();
    } catch (RuntimeException e) {
      machine.close();
      throw e;
    }
    return machine;
  }

  String id() {
    return id;
  }

  /** Starts it again after a {@link #kill}, in the same home. */
  void start() {
    try {
      Path source = Path.of(System.getProperty("heddle.source")).toRealPath();
      Path home = system.folder().resolve("workers").resolve(id);
      Files.createDirectories(home);
      Path jar = Path.of(ServiceProgram.worker(source).getLast());
      ProcessBuilder builder =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-Xmx256m",
              "-XX:TieredStopAtLevel=1",
              "-XX:+UseSerialGC",
              "--enable-native-access=ALL-UNNAMED",
              "-cp",
              jar + File.pathSeparator + source.resolve("worker-agent/target/test-classes"),
              "dev.heddle.worker.ScriptedWorker");
      Map<String, String> environment = builder.environment();
      environment.keySet().removeIf(name -> name.startsWith("HEDDLE_"));
      environment.put(
          "SPRING_KAFKA_BOOTSTRAP_SERVERS",
          "127.0.0.1:" + system.state().part("kafka").orElseThrow().port());
      environment.put("HEDDLE_WORKER_ID", id);
      environment.put("HEDDLE_WORKER_HOME", home.toString());
      environment.put("HEDDLE_WORKER_POOL", POOL);
      environment.put("HEDDLE_WORKER_SLOTS", "8");
      environment.put("HEDDLE_WORKER_HEARTBEAT_INTERVAL", "1s");
      environment.put("HEDDLE_WORKER_DRAIN_TIMEOUT", "0s");
      File log = system.home().logs().resolve(id + ".log").toFile();
      process =
          builder
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    long incarnation = incarnation();
    await(id + " is online")
        .atMost(Duration.ofMinutes(3))
        .until(() -> isOnline() && incarnation() > incarnation);
  }

  /** kill -9, SIGSTOP or SIGCONT. */
  void signal(String signal) {
    HeddleSystem.signal(ProcessIdentity.of(running().pid()).orElseThrow(), signal);
  }

  /** kill -9, and gone when this returns. */
  void kill() {
    Process killed = running();
    killed.destroyForcibly();
    await().atMost(Duration.ofSeconds(20)).until(() -> !killed.isAlive());
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  boolean isOnline() {
    return known().stream().anyMatch(state -> state.equals("online"));
  }

  private Process running() {
    if (process == null) {
      throw new IllegalStateException(id + " was never started");
    }
    return process;
  }

  private List<String> known() {
    return system.gateway().list("api/machines", 100).stream()
        .filter(machine -> machine.path("id").asString("").equals(id))
        .map(machine -> machine.path("state").asString(""))
        .toList();
  }

  /** Which life of it is known; 0 before the first. */
  private long incarnation() {
    return system.gateway().list("api/machines", 100).stream()
        .filter(machine -> machine.path("id").asString("").equals(id))
        .mapToLong(machine -> machine.path("incarnation").asLong())
        .findFirst()
        .orElse(0);
  }

  @Override
  public void close() {
    if (isAlive()) {
      kill();
    }
  }
}
