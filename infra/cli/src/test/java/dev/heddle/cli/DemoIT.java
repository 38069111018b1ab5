package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a newcomer does first. */
class DemoIT {

  private final HeddleSystem system = HeddleSystem.create();

  @AfterEach
  void stop() {
    system.close();
  }

  @Test
  void demoRunsTwiceAndDownLeavesNoProcess() {
    HeddleSystem.Ran first =
        system.command("demo", "--port", Integer.toString(system.port())).expectOk();
    assertThat(first.out())
        .contains("● claimed by worker-1", "│ added a blue thread", "✓ completed", "./heddle down");

    HeddleSystem.Ran second =
        system.command("demo", "--port", Integer.toString(system.port())).expectOk();
    assertThat(second.out()).contains("✓ completed");
    JsonNode sessions =
        Gateway.JSON.readTree(system.command("sessions", "--json").expectOk().out());
    assertThat(sessions.path("items")).hasSize(2);
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
