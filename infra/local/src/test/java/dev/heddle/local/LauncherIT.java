package dev.heddle.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole launch of real processes: PostgreSQL and Kafka as always, stand-ins for the services. */
class LauncherIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);

  @TempDir static Path source;
  @TempDir static Path folder;

  /** One system for the tests that do not end it. */
  private static Installation running;

  private Installation own;

  @BeforeAll
  static void start() throws Exception {
    FakeService.build(source);
    // The folder of a test is closed to others; what PostgreSQL has to reach must not be.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    running = new Installation(folder.resolve("running"), source);
    running.replicas = 2;
    running.rehearsing = true;
    running.launch(2);
    running.awaitReady();
  }

  @AfterAll
  static void stop() {
    running.end();
  }

  @BeforeEach
  void prepare() {
    own = new Installation(folder.resolve("own-" + UUID.randomUUID()), source);
  }

  @AfterEach
  void leaveNothing() {
    own.end();
  }

  @Test
  void everyPartRunsWithWhatItNeedsAndNothingElse() throws Exception {
    SystemState state = running.state();

    assertThat(state.parts())
        .extracting(SystemState.Part::name)
        .containsExactlyInAnyOrder(
            "postgresql",
            "kafka",
            "thread-service",
            "session-service",
            "trace-service",
            "thread-service-2",
            "session-service-2",
            "trace-service-2",
            "gateway",
            "worker-1",
            "worker-2");
    Map<String, String> threads = running.environment("thread-service");
    Map<String, String> gateway = running.environment("gateway");
    Map<String, String> worker = running.environment("worker-2");
    assertThat(threads)
        .containsEntry("SPRING_DATASOURCE_USERNAME", "thread")
        .containsKeys(
            "SPRING_DATASOURCE_PASSWORD",
            "SPRING_KAFKA_BOOTSTRAP_SERVERS",
            "HEDDLE_SECURITY_GATEWAY_PUBLIC_KEY")
        .doesNotContainKeys("HEDDLE_GATEWAY_SIGNING_KEY", "SPRING_MAIN_BANNER_MODE", "EDITOR");
    for (Map<String, String> every : List.of(threads, gateway, worker)) {
      assertThat(every)
          .containsEntry("LOGGING_STRUCTURED_FORMAT_CONSOLE", "ecs")
          .containsEntry("HEDDLE_SESSION_LEASE_LENGTH", "20s")
          .doesNotContainKey("HEDDLE_TOKEN");
    }
    assertThat(threads.get("SPRING_DATASOURCE_URL")).endsWith("/heddle?currentSchema=thread");
    assertThat(gateway)
        .containsEntry("SERVER_PORT", Integer.toString(running.port))
        .containsKeys("HEDDLE_GATEWAY_SIGNING_KEY", "HEDDLE_GATEWAY_TOKEN_FILE")
        .containsEntry(
            "HEDDLE_GATEWAY_SESSIONS_URL",
            "http://127.0.0.1:"
                + state.part("session-service").orElseThrow().port()
                + ",http://127.0.0.1:"
                + state.part("session-service-2").orElseThrow().port())
        .doesNotContainKey("SPRING_DATASOURCE_PASSWORD");
    assertThat(worker)
        .containsEntry("HEDDLE_WORKER_ID", "worker-2")
        .containsEntry("HEDDLE_WORKER_SLOTS", "3")
        .containsEntry("EDITOR", "kept for the engines")
        .doesNotContainKeys(
            "SPRING_DATASOURCE_PASSWORD", "HEDDLE_GATEWAY_SIGNING_KEY", "SPRING_MAIN_BANNER_MODE");
  }

  @Test
  void partThatIsKilledComesBackOnItsPort() throws Exception {
    SystemState before = running.state();
    for (String name : new String[] {"trace-service", "postgresql", "kafka"}) {
      Signals.send(before.part(name).orElseThrow().process(), "KILL");
    }

    await()
        .atMost(LIMIT)
        .untilAsserted(() -> {
          SystemState now = running.state();
          for (String name : new String[] {"trace-service", "postgresql", "kafka"}) {
            SystemState.Part part = now.part(name).orElseThrow();
            assertThat(part.condition()).isEqualTo(SystemState.Condition.READY);
            assertThat(part.restarts()).isPositive();
            assertThat(part.lastEnd()).contains("exit code 137");
            assertThat(part.port()).isEqualTo(before.part(name).orElseThrow().port());
          }
        });
    assertThat(running.progress(before.launch()))
        .anyMatch(event ->
            "kafka".equals(event.step())
                && String.valueOf(event.text()).startsWith("ended with exit code 137"));
  }

  @Test
  void nextLaunchCleansUpAfterOneThatWasKilledAndItsStopEndsEverything() throws Exception {
    Process killed = own.launch(1);
    SystemState first = own.awaitReady();
    killed.destroyForcibly().waitFor();
    assertThat(Signals.carrying(first.launch())).hasSizeGreaterThan(7);

    // Even where what it wrote down is lost too.
    SystemState.erase(own.home);
    List<Process> launchers = List.of(own.launch(1), own.launch(1));
    await().atMost(LIMIT).until(() -> launchers.stream().filter(Process::isAlive).count() == 1);
    Process launcher = launchers.stream().filter(Process::isAlive).findFirst().orElseThrow();
    SystemState second = own.awaitReady();
    assertThat(second.launcher().pid()).isEqualTo(launcher.pid());

    assertThat(Signals.carrying(first.launch())).isEmpty();
    assertThat(first.parts()).noneMatch(part -> part.process().alive());

    // The engine that the worker left behind is in a session of its own, and ends all the same.
    assertThat(Signals.carrying(second.launch())).hasSizeGreaterThan(7);
    // Nor does it live on where the home of a rehearsal cannot be removed.
    Path rehearsal = Files.createDirectories(own.home.root().resolve("rehearsal"));
    Path obstacle =
        Files.createSymbolicLink(rehearsal.resolve("postgresql"), Path.of("postgresql"));
    launcher.destroy();
    assertThat(launcher.waitFor(60, TimeUnit.SECONDS)).isTrue();
    Files.delete(obstacle);
    assertThat(Signals.carrying(second.launch())).isEmpty();
    assertThat(SystemState.read(own.home)).isEmpty();
    assertThat(own.progress(second.launch()))
        .anyMatch(event -> String.valueOf(event.text()).startsWith("cannot remove " + rehearsal));
    assertThat(own.progress(second.launch()))
        .extracting(Progress.Event::kind)
        .last()
        .isEqualTo(Progress.Kind.STOPPED);
  }

  @Test
  void cachesMadeAfterTheFirstStartAreUsedByTheNextAndABrokenOneStopsNothing() throws Exception {
    await()
        .atMost(Duration.ofMinutes(5))
        .untilAsserted(() ->
            assertThat(running.progress(running.state().launch()))
                .as(LogFile.lastLines(running.home.log("rehearsal"), 20))
                .anyMatch(event -> String.valueOf(event.text()).contains("has made start caches")));
    assertThat(running.home.root().resolve("rehearsal")).doesNotExist();
    Path images = source.resolve("target/images");
    Path broken;
    try (Stream<Path> files = Files.walk(images)) {
      broken =
          files
              .filter(file -> file.toString().matches(".*/trace-service-[^/]*/start-.*[.]aot"))
              .findFirst()
              .orElseThrow();
    }
    Files.write(broken, Arrays.copyOf(Files.readAllBytes(broken), 1_000_000));

    own.launch(1);
    SystemState state = own.awaitReady();

    for (String part : List.of("thread-service", "gateway", "worker-1")) {
      Path maps =
          Path.of("/proc", Long.toString(state.part(part).orElseThrow().process().pid()), "maps");
      assertThat(Files.readString(maps))
          .as(LogFile.lastLines(own.home.log(part), 5))
          .contains("/start-");
    }
  }

  @Test
  void secondLauncherOfAHomeLeavesTheFirstAlone() throws Exception {
    String first = running.state().launch();

    Process second = running.launch(0);

    assertThat(second.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(second.exitValue()).isNotZero();
    assertThat(running.state().launch()).isEqualTo(first);
    assertThat(running.state().supervised()).isTrue();
  }

  @Test
  void portInUseEndsTheLaunchBeforeAnythingIsStarted() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      own.port = taken.getLocalPort();
      String launch = UUID.randomUUID().toString();

      Process launcher = own.launch(launch, 1);

      assertThat(launcher.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(own.progress(launch))
          .anyMatch(event -> event.error() == LocalException.Kind.PORT_IN_USE)
          .noneMatch(event -> "postgresql".equals(event.step()));
      assertThat(Signals.carrying(launch)).isEmpty();
    }
  }

  @Test
  void partThatDoesNotStartEndsTheLaunchWithItsLastWords() throws Exception {
    Path broken = folder.resolve("broken");
    FakeService.build(broken);
    Files.writeString(
        broken.resolve("trace-service/target/trace-service-0.1.0-SNAPSHOT-exec.jar"), "no jar");
    own = new Installation(folder.resolve("own-" + UUID.randomUUID()), broken);
    String launch = UUID.randomUUID().toString();

    Process launcher = own.launch(launch, 1);

    assertThat(launcher.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(own.progress(launch))
        .anyMatch(event ->
            event.kind() == Progress.Kind.FAILED
                && String.valueOf(event.text()).contains("trace-service"));
    assertThat(Signals.carrying(launch)).isEmpty();
  }

  /** A home with what can be done to it. */
  private static final class Installation {

    private final HeddleHome home;
    private final Path source;
    private int port = new Ports(RandomGenerator.getDefault()).free(0);
    private int replicas = 1;
    private boolean rehearsing;

    Installation(Path folder, Path source) {
      this.home = new HeddleHome(folder);
      this.source = source;
      home.create();
    }

    Process launch(int workers) throws Exception {
      return launch(UUID.randomUUID().toString(), workers);
    }

    Process launch(String launch, int workers) throws Exception {
      LaunchOptions options =
          new LaunchOptions(launch, home, source, new LaunchSize(port, workers, 3, replicas));
      ProcessBuilder builder = new ProcessBuilder(options.command());
      builder.environment().putAll(options.environment());
      builder.environment().put("HEDDLE_REHEARSAL", rehearsing ? "on" : "off");
      builder.environment().put("EDITOR", "kept for the engines");
      builder.environment().put("SPRING_MAIN_BANNER_MODE", "a stray setting");
      builder.environment().put("LOGGING_STRUCTURED_FORMAT_CONSOLE", "ecs");
      builder.environment().put("HEDDLE_SESSION_LEASE_LENGTH", "20s");
      builder.environment().put("HEDDLE_TOKEN", "of a person, for elsewhere");
      builder.redirectErrorStream(true);
      builder.redirectInput(new File("/dev/null"));
      builder.redirectOutput(ProcessBuilder.Redirect.appendTo(home.log("launcher").toFile()));
      return builder.start();
    }

    SystemState state() {
      return SystemState.read(home).orElseThrow();
    }

    SystemState awaitReady() {
      await()
          .atMost(LIMIT)
          .untilAsserted(() ->
              assertThat(SystemState.read(home).map(SystemState::phase))
                  .as(LogFile.lastLines(home.log("launcher"), 10))
                  .contains(SystemState.Phase.READY));
      return state();
    }

    List<Progress.Event> progress(String launch) {
      return Progress.read(home.progress(launch), 0);
    }

    Map<String, String> environment(String part) throws Exception {
      Path file = home.root().resolve("environment-" + state().part(part).orElseThrow().port());
      Map<String, String> environment = new TreeMap<>();
      for (String line : Files.readAllLines(file)) {
        int equals = line.indexOf('=');
        if (equals > 0) {
          environment.put(line.substring(0, equals), line.substring(equals + 1));
        }
      }
      return environment;
    }

    void end() {
      SystemState.read(home).ifPresent(state -> Signals.end(state.launcher(), "TERM", LIMIT));
      Leftovers.clean(home);
    }
  }
}
