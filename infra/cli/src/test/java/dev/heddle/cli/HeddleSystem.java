package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.local.HeddleHome;
import dev.heddle.local.ProcessIdentity;
import dev.heddle.local.SystemState;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A whole Heddle of real processes in a home of its own, driven by the real command. What a person
 * can do, a test can: start, stop, kill, freeze, dispatch, watch.
 */
final class HeddleSystem implements AutoCloseable {

  /** What a command printed, and how it ended. */
  record Ran(int exit, String out, String err) {
    Ran expectOk() {
      assertThat(exit).as("%s%n%s", out, err).isZero();
      return this;
    }
  }

  /** An accepted dispatch. */
  record Dispatched(String thread, String session) {}

  private static final Duration COMMAND_LIMIT = Duration.ofMinutes(6);

  private final Path home;
  private final Path source;
  private final int port;
  private Supplier<Ran> again = this::up;
  private @Nullable Gateway gateway;

  private HeddleSystem(Path home, Path source, int port) {
    this.home = home;
    this.source = source;
    this.port = port;
  }

  /** An installation in a new temporary folder; nothing is started yet. */
  static HeddleSystem create() {
    return create("heddle-it-");
  }

  /** The same, in a folder whose name begins so. */
  static HeddleSystem create(String name) {
    try {
      Path home = Files.createTempDirectory(name);
      Path source = Path.of(System.getProperty("heddle.source")).toRealPath();
      return new HeddleSystem(home, source, freePort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static HeddleSystem shared;

  /** The one system of this JVM, with two workers of four slots; stopped when the JVM ends. */
  static synchronized HeddleSystem shared() {
    if (shared == null) {
      HeddleSystem system = create();
      Runtime.getRuntime().addShutdownHook(new Thread(system::close));
      system.up("--workers", "2", "--slots", "4");
      shared = system;
    }
    shared.awaitReady();
    return shared;
  }

  HeddleHome home() {
    return new HeddleHome(home);
  }

  Path folder() {
    return home;
  }

  int port() {
    return port;
  }

  Ran up(String... options) {
    return up(Map.of(), options);
  }

  /** Starts it with settings of the services in the environment. */
  Ran up(Map<String, String> environment, String... options) {
    List<String> arguments =
        new ArrayList<>(List.of("up", "--detach", "--port", Integer.toString(port)));
    arguments.addAll(List.of(options));
    again = () -> command(environment, arguments.toArray(String[]::new)).expectOk();
    return again.get();
  }

  /** Starts it with what it was started with before. */
  Ran upAgain() {
    return again.get();
  }

  Ran down() {
    return command("down");
  }

  /** Runs the real command to its end. */
  Ran command(String... arguments) {
    return command(Map.of(), arguments);
  }

  Ran command(Map<String, String> environment, String... arguments) {
    try {
      Path out = Files.createTempFile("heddle-out", ".txt");
      Path err = Files.createTempFile("heddle-err", ".txt");
      try {
        Process process =
            builder(environment, arguments)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        if (!process.waitFor(COMMAND_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError(
              "heddle " + String.join(" ", arguments) + " hangs: " + Files.readString(out));
        }
        return new Ran(process.exitValue(), Files.readString(out), Files.readString(err));
      } finally {
        Files.deleteIfExists(out);
        Files.deleteIfExists(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The real command, not yet started; for a test that kills it, or reads while it writes. */
  ProcessBuilder builder(Map<String, String> environment, String... arguments) {
    Path target = source.resolve("infra/cli/target");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dheddle.source=" + source,
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                target.resolve("cli-0.1.0-SNAPSHOT.jar")
                    + File.pathSeparator
                    + target.resolve("lib")
                    + "/*",
                "dev.heddle.cli.Heddle"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("HEDDLE_"));
    builder.environment().put("HEDDLE_HOME", home.toString());
    // A second system in the background would take the time of the first.
    builder.environment().put("HEDDLE_REHEARSAL", "off");
    builder.environment().putAll(environment);
    builder.redirectInput(new File("/dev/null"));
    return builder;
  }

  /** One client for all: each has a thread and connections of its own. */
  synchronized Gateway gateway() {
    try {
      if (gateway == null) {
        gateway =
            new Gateway(
                URI.create("http://127.0.0.1:" + port + "/"),
                Files.readString(home().token()).strip());
      }
      return gateway;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A project with a name of its own; without a repository its runs work in empty folders. */
  String project() {
    String name = "p" + Long.toHexString(ThreadLocalRandom.current().nextLong());
    ObjectNode request = Gateway.JSON.createObjectNode();
    request.put("name", name);
    gateway().post("api/projects", request, null);
    return name;
  }

  Dispatched dispatch(String project, String prompt) {
    return dispatch(project, prompt, Map.of());
  }

  /** Dispatches with further fields of the request, such as {@code machine}. */
  Dispatched dispatch(String project, String prompt, Map<String, String> more) {
    return dispatch(project, prompt, more, null);
  }

  /** Dispatches as a patient client does: again, with the same key, while the door is away. */
  Dispatched dispatchWhenOpen(String project, String prompt) {
    String key = UUID.randomUUID().toString();
    return await("an open door")
        .atMost(Duration.ofMinutes(10))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              try {
                return Optional.of(dispatch(project, prompt, Map.of(), key));
              } catch (CommandFailure e) {
                boolean later =
                    e.exitCode() == ExitCode.UNREACHABLE
                        || e.text().contains("request_in_progress");
                if (!later) {
                  throw e;
                }
                return Optional.<Dispatched>empty();
              }
            },
            Optional::isPresent)
        .orElseThrow();
  }

  private Dispatched dispatch(
      String project, String prompt, Map<String, String> more, @Nullable String key) {
    ObjectNode request = Gateway.JSON.createObjectNode();
    request.put("project", project);
    request.put("prompt", prompt);
    request.put("engine", "command");
    new HashMap<>(more).forEach(request::put);
    JsonNode accepted = gateway().post("api/dispatch", request, key);
    return new Dispatched(
        accepted.path("threadId").asString(), accepted.path("sessionId").asString());
  }

  JsonNode session(String id) {
    return gateway().get("api/sessions/" + id);
  }

  String status(String session) {
    return session(session).path("status").asString("");
  }

  /** Waits until it is in one of these; fails at once, with all that is known, where it is over. */
  JsonNode awaitStatus(String session, String... wanted) {
    AtomicReference<JsonNode> last = new AtomicReference<>();
    await()
        .atMost(Duration.ofSeconds(90))
        .ignoreExceptionsInstanceOf(CommandFailure.class)
        .until(() -> {
          last.set(session(session));
          String status = last.get().path("status").asString("");
          return List.of(wanted).contains(status) || Timeline.isDone(status);
        });
    assertThat(last.get().path("status").asString("")).as("%s", last).isIn((Object[]) wanted);
    return last.get();
  }

  /** Waits until all are over; a failure tells all that is known of those that are not. */
  void awaitDone(Collection<String> sessions, Duration limit) {
    List<String> open = new ArrayList<>(sessions);
    try {
      await()
          .atMost(limit)
          .pollInterval(Duration.ofMillis(200))
          .ignoreExceptionsInstanceOf(CommandFailure.class)
          .until(() -> {
            open.removeIf(session -> Timeline.isDone(status(session)));
            return open.isEmpty();
          });
    } catch (ConditionTimeoutException e) {
      StringBuilder known = new StringBuilder("not over within " + limit + ":");
      open.stream().limit(3).forEach(session -> known.append('\n').append(knownOf(session)));
      throw new AssertionError(known.toString(), e);
    }
  }

  /** What the services say of a session, and the lines of all logs that name it. */
  private String knownOf(String session) {
    List<String> lines = new ArrayList<>();
    for (String path : List.of("", "/transitions")) {
      try {
        lines.add(gateway().get("api/sessions/" + session + path).toString());
      } catch (CommandFailure e) {
        lines.add(path + ": " + e.text());
      }
    }
    try (Stream<Path> logs = Files.list(home().logs())) {
      for (Path log : logs.sorted().toList()) {
        try (Stream<String> all = Files.lines(log, StandardCharsets.ISO_8859_1)) {
          all.filter(line -> line.contains(session))
              .limit(20)
              .forEach(line -> lines.add(log.getFileName() + ": " + line));
        }
      }
    } catch (IOException e) {
      lines.add("the logs cannot be read: " + e);
    }
    return String.join("\n", lines);
  }

  /** The statuses that a session entered, in order. */
  List<String> entered(String session) {
    return StreamSupport.stream(
            gateway().get("api/sessions/" + session + "/transitions").path("items").spliterator(),
            false)
        .map(transition -> transition.path("to").asString(""))
        .toList();
  }

  /** Every visible event of a session, in order. */
  List<JsonNode> events(String session) {
    List<JsonNode> all = new ArrayList<>();
    String after = "";
    do {
      JsonNode page =
          gateway()
              .get(
                  "api/sessions/"
                      + session
                      + "/events?order=asc&limit=500"
                      + (after.isEmpty() ? "" : "&after=" + Gateway.encode(after)));
      page.path("items").forEach(all::add);
      after = page.path("nextCursor").asString("");
    } while (!after.isEmpty());
    return all;
  }

  List<JsonNode> transcript(String thread) {
    return gateway().list("api/threads/" + thread + "/transcript", 100_000);
  }

  SystemState state() {
    return SystemState.read(home()).orElseThrow();
  }

  ProcessIdentity process(String part) {
    ProcessIdentity process = state().part(part).orElseThrow().process();
    assertThat(process).as(part + " is running").isNotNull();
    return process;
  }

  /** kill -9, SIGSTOP or SIGCONT to one part. */
  void signal(String part, String signal) {
    signal(process(part), signal);
  }

  static void signal(ProcessIdentity process, String signal) {
    try {
      int exit =
          new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " " + process.pid())
              .inheritIO()
              .start()
              .waitFor();
      assertThat(exit).isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Kills a part and waits until its successor is ready. */
  void restart(String part) {
    restart(part, "KILL");
  }

  /** Ends a part with this signal and waits until its successor is ready. */
  void restart(String part, String signal) {
    int before = state().part(part).orElseThrow().restarts();
    signal(part, signal);
    await()
        .atMost(Duration.ofMinutes(3))
        .until(() -> state().part(part).orElseThrow().restarts() > before);
    awaitReady();
  }

  void awaitReady() {
    await()
        .atMost(Duration.ofMinutes(3))
        .untilAsserted(() ->
            assertThat(state().parts())
                .allMatch(part ->
                    part.condition() == SystemState.Condition.READY
                        && part.process() != null
                        && part.process().alive()));
  }

  /** Every process that belongs to this home: by its command line or its environment. */
  List<String> processes() {
    return Processes.that(process ->
        process.command().contains(home.toString())
            || process.environment().contains(home.toString()));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Stops everything; keeps the home if something is wrong with it, for whoever looks into it. */
  @Override
  public void close() {
    Ran down = down();
    if (down.exit() != 0 || !processes().isEmpty()) {
      System.err.println("left in " + home + ": " + processes() + "\n" + down);
      return;
    }
    if (Boolean.getBoolean("heddle.keep")) {
      return;
    }
    try (Stream<Path> files = Files.walk(home)) {
      files.sorted(java.util.Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException | UncheckedIOException e) {
      System.err.println("cannot remove " + home + ": " + e);
    }
  }
}
