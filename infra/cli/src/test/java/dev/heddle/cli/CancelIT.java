package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A cancel ends a run once, wherever it is: one terminal state, a free slot, no orphan. */
class CancelIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HeddleSystem system = HeddleSystem.shared();
  private final Endings endings = new Endings(system);
  private final String project = system.project();

  @Test
  void whileQueued() {
    HeddleSystem.Dispatched run =
        system.dispatch(project, "echo never", Map.of("machine", "nowhere"));
    JsonNode waiting = system.awaitStatus(run.session(), "queued");
    assertThat(waiting.path("reason").asString("")).contains("nowhere");

    cancel(run);

    JsonNode ended = system.awaitStatus(run.session(), "cancelled");
    assertThat(ended.path("attempt").asInt()).isZero();
    assertEndedOnce(run);
  }

  @Test
  void whileClaimed() throws Exception {
    // A host that accepts and then says nothing keeps the clone, and so the claim, as it is.
    try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      String cloning = projectOf("git://127.0.0.1:" + silent.getLocalPort() + "/silent.git");
      HeddleSystem.Dispatched run = system.dispatch(cloning, "echo never");
      try (Socket clone = silent.accept()) {
        assertThat(clone.isConnected()).isTrue();
        system.awaitStatus(run.session(), "claimed");

        cancel(run);

        system.awaitStatus(run.session(), "cancelled");
      }
      assertEndedOnce(run);
      assertNothingIsLeftOf(run);
    }
  }

  @Test
  void whileRunning() {
    HeddleSystem.Dispatched run = system.dispatch(project, "sleep 600 & echo started\nwait");
    awaitOutput(run, "started");
    assertThat(Processes.ofSessions(List.of(run.session()))).isNotEmpty();

    cancel(run);

    system.awaitStatus(run.session(), "cancelled");
    assertEndedOnce(run);
    assertNothingIsLeftOf(run);
  }

  @Test
  void ofAProcessThatIgnoresSigtermAndHasOneThatLeftItsGroup() {
    HeddleSystem.Dispatched run =
        system.dispatch(
            project,
            """
            trap '' TERM
            setsid bash -c 'trap "" TERM; while :; do sleep 1; done' &
            echo deaf
            while :; do sleep 1; done
            """);
    awaitOutput(run, "deaf");

    cancel(run);
    cancelAgain(run);

    system.awaitStatus(run.session(), "cancelled");
    assertEndedOnce(run);
    assertNothingIsLeftOf(run);
  }

  @Test
  void ofARunThatIsOverIsRefused() {
    HeddleSystem.Dispatched run = system.dispatch(project, "echo done");
    system.awaitStatus(run.session(), "completed");

    HeddleSystem.Ran refused = system.command("cancel", run.session());

    assertThat(refused.exit()).isEqualTo(4);
    assertThat(refused.err()).contains("session_finished");
    assertThat(system.status(run.session())).isEqualTo("completed");
  }

  private String projectOf(String repository) {
    ObjectNode request = Gateway.JSON.createObjectNode();
    request.put("name", "clone-" + Long.toHexString(System.nanoTime()));
    request.put("repository", repository);
    return system.gateway().post("api/projects", request, null).path("name").asString();
  }

  private void cancel(HeddleSystem.Dispatched run) {
    system.command("cancel", run.session()).expectOk();
  }

  /** A second cancel of a run that is being stopped, or has just been, is not an accident. */
  private void cancelAgain(HeddleSystem.Dispatched run) {
    assertThat(system.command("cancel", run.session()).exit()).isIn(0, 4);
  }

  private void awaitOutput(HeddleSystem.Dispatched run, String text) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(system.transcript(run.thread()).toString()).contains(text));
    system.awaitStatus(run.session(), "running");
  }

  private void assertEndedOnce(HeddleSystem.Dispatched run) {
    endings.assertOnce(run.session(), "cancelled");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(
                    system.gateway().get("api/threads/" + run.thread()).path("status").asString(""))
                .isEqualTo("idle"));
    endings.awaitFreeSlots();
  }

  private void assertNothingIsLeftOf(HeddleSystem.Dispatched run) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(Processes.ofSessions(List.of(run.session()))).isEmpty());
  }
}
