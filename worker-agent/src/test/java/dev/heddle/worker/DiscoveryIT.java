package dev.heddle.worker;

import static dev.heddle.worker.HeardWorkers.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.Heartbeat;
import dev.heddle.contracts.Heartbeat.EngineInfo;
import dev.heddle.contracts.Outcome;
import dev.heddle.contracts.SessionFact.AttemptEnded;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.WorkspaceSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a worker finds out of its engines, and tells of them with its heartbeats. */
@Timeout(300)
class DiscoveryIT extends OneWorker {

  private static final String POOL = "discovery";

  @BeforeAll
  static void start() throws IOException {
    agent("good", "");
    agent("broken", "[[ ${1-} == --version ]] || { echo 'no such library' >&2; exit 7; }");
    agent("mute", "[[ ${1-} == --version ]] || exec sleep 1000");
    Path good = home.resolve("good");
    start(
        POOL,
        List.of(),
        "heddle.worker.engines=command,good,broken,mute,late",
        "heddle.worker.acp.good.command=" + good,
        "heddle.worker.acp.broken.command=" + home.resolve("broken"),
        "heddle.worker.acp.mute.command=" + home.resolve("mute"),
        "heddle.worker.acp.late.command=" + home.resolve("late"));
  }

  /** Says its version, and offers two models; unless its first line does something else. */
  private static void agent(String name, String first) throws IOException {
    Path made = home.resolve(name + ".new");
    Files.writeString(
        made,
        """
        #!/usr/bin/env bash
        %s
        if [[ ${1-} == --version ]]; then echo "agent 1.2.3"; exit; fi
        read -r _; echo '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1}}'
        read -r _; echo '{"jsonrpc":"2.0","id":2,"result":{"sessionId":"s","models":{"currentModelId":"a","availableModels":[{"modelId":"a","name":"A"},{"modelId":"b","name":"B"}]}}}'
        read -r _; echo '{"jsonrpc":"2.0","id":3,"result":{"stopReason":"end_turn"}}'
        """
            .formatted(first));
    Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.move(made, home.resolve(name));
  }

  private static EngineInfo awaitEngine(String name, Predicate<EngineInfo> wanted) {
    return await()
        .atMost(LONG)
        .until(() -> engine(sessions.lastHeartbeat(worker.id), name), wanted);
  }

  private static EngineInfo engine(Heartbeat heartbeat, String name) {
    return heartbeat.engines().stream()
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void tellsVersionAndModelsOfOneThatStarts() {
    assertThat(awaitEngine("good", engine -> engine.models() != null))
        .isEqualTo(new EngineInfo("good", "1.2.3", null, List.of("a", "b")));
  }

  @Test
  void tellsWhyOneDoesNotStartAndClaimsNoSessionForIt() {
    EngineInfo broken = awaitEngine("broken", engine -> !engine.offered());

    assertThat(broken.version()).isEqualTo("1.2.3");
    assertThat(broken.unavailable()).contains("code 7").contains("no such library");
    SessionOffered offer = offer("broken");
    sessions.toMachine(worker.id, offer);
    assertThat(sessions.refusalOf(offer).reason())
        .contains("broken cannot start on this machine")
        .contains("no such library");
  }

  @Test
  void oneThatDoesNotAnswerHoldsUpNothing() {
    // It was heard of before anybody had waited for it, and stays on offer.
    Heartbeat first =
        sessions.heartbeats.stream()
            .filter(beat -> beat.machineId().equals(worker.id))
            .findFirst()
            .orElseThrow();
    assertThat(engine(first, "mute").offered()).isTrue();
    runToEnd("true");
    assertThat(awaitEngine("mute", engine -> engine.version() != null).version())
        .isEqualTo("1.2.3");
  }

  @Test
  void oneThatIsInstalledLaterIsFoundWhenItIsToldToLook() throws IOException {
    assertThat(awaitEngine("late", engine -> !engine.offered()).unavailable())
        .contains("was not found on this machine");
    agent("late", "");

    sessions.discover(worker.id);

    assertThat(awaitEngine("late", engine -> engine.models() != null))
        .isEqualTo(new EngineInfo("late", "1.2.3", null, List.of("a", "b")));
    SessionOffered offer = offer("late");
    sessions.toMachine(worker.id, offer);
    sessions.grant(offer, sessions.claimOf(offer), "hello");
    assertThat(sessions.awaitFact(offer, AttemptEnded.class).outcome())
        .isEqualTo(Outcome.COMPLETED);
  }

  private static SessionOffered offer(String engine) {
    return sessions.offer(POOL, new WorkspaceSpec.Scratch(), LONG, engine, Map.of());
  }
}
