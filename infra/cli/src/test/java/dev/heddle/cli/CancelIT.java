package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A cancel ends a run once, wherever it is: one terminal state, a free slot, no orphan. */
class CancelIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HeddleSystem system = HeddleSystem.shared();
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
  void whileRunning() throws IOException {
    HeddleSystem.Dispatched run = system.dispatch(project, "sleep 600 & echo started\nwait");
    awaitOutput(run, "started");
    assertThat(processesOf(run)).isNotEmpty();

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
    List<String> entered =
        StreamSupport.stream(
                system
                    .gateway()
                    .get("api/sessions/" + run.session() + "/transitions")
                    .path("items")
                    .spliterator(),
                false)
            .map(transition -> transition.path("to").asString(""))
            .toList();
    assertThat(entered).filteredOn(Timeline::isDone).containsExactly("cancelled");
    assertThat(entered).last().isEqualTo("cancelled");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(
                    system.gateway().get("api/threads/" + run.thread()).path("status").asString(""))
                .isEqualTo("idle"));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(system.gateway().list("api/machines", 10))
                .allSatisfy(machine -> assertThat(machine.path("busy").asInt(-1)).isZero()));
  }

  private void assertNothingIsLeftOf(HeddleSystem.Dispatched run) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(processesOf(run)).isEmpty());
  }

  /** Looks through the environments of all processes for the session's marker. */
  private static List<String> processesOf(HeddleSystem.Dispatched run) throws IOException {
    List<String> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path entry : entries) {
        if (environment(entry).contains("HEDDLE_SESSION_ID=" + run.session())) {
          found.add(entry.getFileName().toString());
        }
      }
    }
    return found;
  }

  private static String environment(Path process) {
    try {
      return new String(
          Files.readAllBytes(process.resolve("environ")), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // It ended while we looked.
      return "";
    }
  }
}
