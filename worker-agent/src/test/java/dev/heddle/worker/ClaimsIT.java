package dev.heddle.worker;

import static dev.heddle.worker.HeardWorkers.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.Heartbeat;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.ParkedRecord;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionFact.AttemptEnded;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.TraceId;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.messaging.LogScope;
import dev.heddle.testkit.Poison;
import dev.heddle.testkit.TestParking;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a worker claims, refuses and holds, and what it cannot take. */
@Timeout(300)
class ClaimsIT extends OneWorker {

  private static final String POOL = "claims";

  @BeforeAll
  static void start() {
    start(POOL);
  }

  @Test
  void aDenialGivesTheSlotBack() {
    SessionOffered offer = sessions.offer(POOL);
    sessions.toMachine(worker.id, offer);
    ClaimMade claim = sessions.claimOf(offer);
    assertThat(worker.ledger().usedSlots()).isEqualTo(1);

    sessions.deny(claim);

    await().atMost(LONG).until(() -> worker.ledger().usedSlots() == 0);
    assertThat(sessions.factsOf(offer)).isEmpty();
  }

  @Test
  void aRepeatedOfferAndARepeatedGrantRunOnce(@TempDir Path folder) throws IOException {
    Path marks = folder.resolve("marks");
    SessionOffered offer = sessions.offer(POOL);
    sessions.toMachine(worker.id, offer);
    sessions.toMachine(worker.id, offer);
    ClaimMade claim = sessions.claimOf(offer);
    String prompt = "echo ran >>" + marks;

    sessions.grant(offer, claim, prompt);
    sessions.grant(offer, claim, prompt);

    sessions.awaitFact(offer, AttemptEnded.class);
    sessions.grant(offer, claim, prompt);
    runToEnd("true");
    assertThat(Files.readAllLines(marks)).containsExactly("ran");
    assertThat(
            sessions.claims.stream()
                .filter(one -> one.offerId().equals(offer.offerId()))
                .map(one -> one.claimId())
                .distinct())
        .hasSize(1);
  }

  @Test
  void aGrantForAnEarlierIncarnationIsIgnored() {
    SessionOffered offer = sessions.offer(POOL);
    sessions.toMachine(worker.id, offer);
    ClaimMade claim = sessions.claimOf(offer);

    sessions.grant(offer, claim, claim.incarnation() - 1, "echo no");
    runToEnd("true");

    assertThat(sessions.factsOf(offer)).isEmpty();
    sessions.deny(claim);
    await().atMost(LONG).until(() -> worker.ledger().usedSlots() == 0);
  }

  @Test
  void aClaimWithoutAnAnswerIsSentAgainUnderItsIdAndItsTrace() {
    SessionOffered offer = sessions.offer(POOL);
    TraceId trace = TraceId.random();
    try (var _ = LogScope.of(trace)) {
      sessions.toMachine(worker.id, offer);
    }

    await()
        .atMost(LONG)
        .until(
            () ->
                sessions.claims.stream()
                    .filter(claim -> claim.offerId().equals(offer.offerId()))
                    .toList(),
            same -> same.size() > 2 && same.stream().distinct().count() == 1);
    assertThat(sessions.tracesOf(sessions.claimOf(offer)))
        .hasSizeGreaterThan(2)
        .containsOnly(trace);
    sessions.deny(sessions.claimOf(offer));
  }

  @Test
  void refusesWhatItCannotRunAndSaysWhy() {
    SessionOffered unknown =
        sessions.offer(POOL, new WorkspaceSpec.Scratch(), LONG, "codex", Map.of());
    SessionOffered unlabelled =
        sessions.offer(POOL, new WorkspaceSpec.Scratch(), LONG, "command", Map.of("gpu", "yes"));
    SessionOffered expired =
        sessions.offer(
            POOL, new WorkspaceSpec.Scratch(), Duration.ofSeconds(-1), "command", Map.of());
    sessions.toPool(unknown);
    sessions.toPool(unlabelled);
    sessions.toPool(expired);

    assertThat(sessions.refusalOf(unknown).reason()).contains("codex");
    assertThat(sessions.refusalOf(unlabelled).reason()).contains("gpu=yes");
    assertThat(sessions.refusalOf(expired).reason()).contains("expired");
    assertThat(worker.ledger().usedSlots()).isZero();
  }

  /** The slots stay free, so each record behind a bad one must have been reached. */
  @ParameterizedTest
  @ValueSource(strings = {"session.queued." + POOL, "session.control"})
  void whatCannotBeTakenIsParkedAndCountedAndTheNextIsHandled(String topic) {
    boolean control = topic.equals("session.control");
    SessionOffered whole = sessions.offer(POOL);
    String key = control ? worker.id.value() : whole.sessionId().toString();
    double before = parked(topic);
    List<String> expected = new ArrayList<>();
    for (Poison poison : Poison.values()) {
      sessions.sendRaw(topic, key, poison.payload());
      expected.add("unreadable");
    }
    String id = (control ? "\"machineId\":\"%s\"" : "\"sessionId\":\"%s\"").formatted(key);
    sessions.sendRaw(topic, key, text("{\"type\":\"from.the.future\",%s}".formatted(id)));
    expected.add("unknown_type");
    String known = control ? "offer.made" : "session.offered";
    sessions.sendRaw(topic, key, text("{\"type\":\"%s\",%s}".formatted(known, id)));
    expected.add("unreadable");
    sessions.sendRaw(topic, key, text("{\"type\":\"%s\"}".formatted(known)));
    expected.add("unreadable");
    String stray = id.replace(key, "0199a2c4-7e00-7abc-8def-0123456789ab");
    sessions.sendRaw(topic, key, text("{\"type\":\"%s\",%s}".formatted(known, stray)));
    expected.add("wrong_key");

    if (control) {
      sessions.toMachine(worker.id, whole);
    } else {
      sessions.toPool(whole);
    }
    sessions.deny(sessions.claimOf(whole));

    List<ParkedRecord> parked = TestParking.await(topic, key, expected.size());
    assertThat(parked).extracting(ParkedRecord::code).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(parked).extracting(ParkedRecord::consumer).containsOnly("worker-agent");
    assertThat(parked(topic) - before).isEqualTo(expected.size());
    await().atMost(LONG).until(() -> worker.ledger().usedSlots() == 0);
  }

  private static byte[] text(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }

  private static double parked(String topic) {
    return worker
        .bean(MeterRegistry.class)
        .find("heddle.parked.records")
        .tag("topic", topic)
        .counters()
        .stream()
        .mapToDouble(Counter::count)
        .sum();
  }

  @Test
  void neverClaimsMoreThanItHasSlots(@TempDir Path folder) {
    List<SessionOffered> offers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      offers.add(sessions.offer(POOL));
    }
    offers.forEach(sessions::toPool);

    int granted = 0;
    while (granted < 100) {
      List<ClaimMade> open =
          await().atMost(LONG).until(() -> openClaims(offers), claims -> !claims.isEmpty());
      assertThat(openOrRunning(offers)).isLessThanOrEqualTo(2);
      for (ClaimMade claim : open) {
        SessionOffered offer =
            offers.stream()
                .filter(one -> one.offerId().equals(claim.offerId()))
                .findFirst()
                .orElseThrow();
        sessions.deny(claim);
        denied.add(claim.claimId().toString());
        granted++;
        assertThat(offer.attempt()).isEqualTo(1);
      }
    }
    assertThat(
            sessions.claims.stream()
                .filter(claim -> offers.stream().anyMatch(o -> o.offerId().equals(claim.offerId())))
                .filter(claim -> !(claim instanceof ClaimMade)))
        .isEmpty();
  }

  private final List<String> denied = new ArrayList<>();

  private List<ClaimMade> openClaims(List<SessionOffered> offers) {
    return sessions.claims.stream()
        .filter(ClaimMade.class::isInstance)
        .map(ClaimMade.class::cast)
        .distinct()
        .filter(claim -> offers.stream().anyMatch(o -> o.offerId().equals(claim.offerId())))
        .filter(claim -> !denied.contains(claim.claimId().toString()))
        .toList();
  }

  private int openOrRunning(List<SessionOffered> offers) {
    return openClaims(offers).size();
  }

  @Test
  void heartbeatsRiseAndHoldWhatIsClaimed() {
    SessionOffered offer = sessions.offer(POOL);
    sessions.toMachine(worker.id, offer);
    ClaimMade claim = sessions.claimOf(offer);

    Heartbeat waiting = heartbeatWith(claim, false);
    assertThat(waiting.sequence()).isGreaterThan(claim.heartbeat());
    assertThat(waiting.slots()).isEqualTo(2);
    assertThat(waiting.engines()).extracting(Heartbeat.EngineInfo::name).containsExactly("command");
    sessions.grant(offer, claim, "echo ready; sleep 300");
    heartbeatWith(claim, true);
    awaitOutput(offer, "ready");
    sessions.cancel(claim);
    sessions.awaitFact(offer, AttemptEnded.class);

    await().atMost(LONG).until(() -> sessions.lastHeartbeat(worker.id).held().isEmpty());
    List<Long> sequences =
        sessions.heartbeats.stream()
            .filter(heartbeat -> heartbeat.machineId().equals(worker.id))
            .map(Heartbeat::sequence)
            .toList();
    assertThat(sequences).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void drainsAndResumesOnCommand() {
    sessions.drain(worker.id);
    await()
        .atMost(LONG)
        .until(() -> sessions.lastHeartbeat(worker.id).state() == MachineState.DRAINING);
    SessionOffered offer = sessions.offer(POOL);
    sessions.toMachine(worker.id, offer);
    assertThat(sessions.refusalOf(offer).reason()).contains("draining");
    SessionOffered pooled = sessions.offer(POOL);
    sessions.toPool(pooled);

    sessions.resume(worker.id);

    await()
        .atMost(LONG)
        .until(() -> sessions.lastHeartbeat(worker.id).state() == MachineState.ONLINE);
    sessions.grant(pooled, sessions.claimOf(pooled), "true");
    sessions.awaitFact(pooled, AttemptEnded.class);
  }
}
