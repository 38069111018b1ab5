package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.local.ProcessIdentity;
import dev.heddle.local.Progress;
import dev.heddle.local.SystemState;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a newcomer does first. */
class DemoIT {

  private final HeddleSystem system = HeddleSystem.create("Jürgen,zu-Hause-");

  @AfterEach
  void stop() {
    system.close();
  }

  @Test
  void demoRunsTwiceAndDownLeavesNoProcess() {
    HeddleSystem.Ran first =
        system.command("demo", "--port", Integer.toString(system.port())).expectOk();
    assertThat(first.out())
        .contains("● claimed by worker-1", "│ added a blue thread", "✓ completed", "./heddle down")
        .contains("This is the practice agent: a script");

    HeddleSystem.Ran second =
        system.command("demo", "--port", Integer.toString(system.port())).expectOk();
    assertThat(second.out()).contains("✓ completed");
    JsonNode sessions =
        Gateway.JSON.readTree(system.command("sessions", "--json").expectOk().out());
    assertThat(sessions.path("items")).hasSize(4);
    assertThat(sessions.path("items"))
        .allMatch(session -> session.path("status").asString("").equals("completed"));

    HeddleSystem.Ran again = system.up();
    assertThat(again.out()).contains("Heddle runs already");
    HeddleSystem.Ran other = system.command("up", "--detach", "--workers", "3");
    assertThat(other.exit()).isEqualTo(ExitCode.USAGE);
    assertThat(other.err()).contains("--workers 1 (not 3)", "heddle down");

    assertThat(system.processes()).hasSizeGreaterThanOrEqualTo(8);
    assertThat(system.down().expectOk().out()).contains("Heddle is down.");
    assertThat(system.processes()).isEmpty();
    assertThat(system.command("status").exit()).isEqualTo(ExitCode.UNREACHABLE);
  }

  @Test
  void endingTheCommandInTheForegroundStopsEverything() throws Exception {
    Path output = system.folder().resolve("up.txt");
    Process up =
        system
            .builder(Map.of(), "up", "--port", Integer.toString(system.port()))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    await()
        .atMost(Duration.ofMinutes(4))
        .untilAsserted(() -> assertThat(output).content().contains("Ctrl-C, or heddle down"));

    up.destroy();

    assertThat(up.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(output).content().contains("Heddle is down.").doesNotContain("Exception", "\tat ");
    assertThat(system.processes()).isEmpty();
  }

  @Test
  void endingTheCommandWhileItStillCleansUpStopsThatToo() throws Exception {
    system.home().create();
    // What a launcher that was killed left: a part that takes its time to end.
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", "trap '' TERM; while :; do sleep 0.1; done");
    builder.environment().put("HEDDLE_LAUNCH_HOME", system.folder().toRealPath().toString());
    Process left = builder.start();
    try {
      SystemState.Part part =
          new SystemState.Part(
              "gateway",
              ProcessIdentity.of(left.pid()).orElseThrow(),
              system.port(),
              "gateway.log",
              SystemState.Condition.READY,
              0,
              null,
              "TERM");
      SystemState before =
          new SystemState(
              "launch-before",
              new ProcessIdentity(left.pid(), "has ended"),
              SystemState.Phase.READY,
              Instant.now(),
              system.port(),
              null,
              List.of(part));
      Path run = system.folder().resolve("run");
      Files.write(run.resolve("state.json"), Gateway.JSON.writeValueAsBytes(before));
      Path output = system.folder().resolve("up.txt");
      Process up =
          system
              .builder(Map.of(), "up", "--port", Integer.toString(system.port()))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> {
            try (Stream<Path> files = Files.list(run)) {
              return files
                  .filter(file -> file.toString().endsWith(".jsonl"))
                  .anyMatch(file -> !Progress.read(file, 0).isEmpty());
            }
          });

      up.destroy();

      assertThat(up.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(output).content().contains("Heddle is down.").doesNotContain("Try again");
      assertThat(system.processes()).isEmpty();
      assertThat(left.isAlive()).isFalse();
    } finally {
      left.destroyForcibly();
    }
  }

  @Test
  void portInUseIsAClearErrorThatLeavesNothingRunning() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());

      HeddleSystem.Ran ran = system.command("up", "--detach", "--port", port);

      assertThat(ran.exit()).isEqualTo(ExitCode.PORT_IN_USE);
      assertThat(ran.err()).contains("port " + port + " is in use", "--port");
      assertThat(system.processes()).isEmpty();
    }
  }
}
