package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Many threads at once over two workers of four slots. */
class ManyThreadsIT {

  private static final int THREADS = 100;
  private static final int SLOTS = 8;

  /**
   * How long a free slot may wait for its next session, on two cores that may be busy with other
   * things; an idle machine needs a tenth. Were the next session found by the periodic sweep of 5 s
   * and not by a signal, half of the slots would wait for more than 2.5 s.
   */
  private static final Duration TYPICAL = Duration.ofSeconds(2);

  private static final Duration LONGEST = Duration.ofSeconds(5);

  @TempDir Path marks;
  private final HeddleSystem system = HeddleSystem.shared();

  @Test
  void eachOfAHundredRunsOnceAndNoneWaitsWhileASlotIsFree() throws Exception {
    String project = system.project();
    warmUp(project);
    List<HeddleSystem.Dispatched> dispatched = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(16)) {
      List<Future<HeddleSystem.Dispatched>> all = new ArrayList<>();
      for (int index = 0; index < THREADS; index++) {
        String script =
            "echo ran >> %s/%d\necho first line of %d\nsleep 0.3\necho last line of %d"
                .formatted(marks, index, index, index);
        all.add(executor.submit(() -> system.dispatch(project, script)));
      }
      for (Future<HeddleSystem.Dispatched> one : all) {
        dispatched.add(one.get());
      }
    }
    system.awaitDone(
        dispatched.stream().map(HeddleSystem.Dispatched::session).toList(), Duration.ofMinutes(4));

    Map<String, JsonNode> sessions = new TreeMap<>();
    for (HeddleSystem.Dispatched one : dispatched) {
      sessions.put(one.session(), system.session(one.session()));
    }
    assertThat(sessions.values())
        .allSatisfy(session -> {
          assertThat(session.path("status").asString("")).isEqualTo("completed");
          assertThat(session.path("attempt").asInt()).isEqualTo(1);
        });
    for (int index = 0; index < THREADS; index++) {
      assertThat(marks.resolve(Integer.toString(index))).content().isEqualTo("ran\n");
    }
    assertTranscripts(dispatched);
    assertSpread(sessions);
    assertNoneWaitedBesideAFreeSlot(sessions);
  }

  /** Code that runs for the first time is slow on any machine; the hand-over is not about that. */
  private void warmUp(String project) {
    List<String> sessions = new ArrayList<>();
    for (int index = 0; index < 2 * SLOTS; index++) {
      sessions.add(system.dispatch(project, "echo warm").session());
    }
    system.awaitDone(sessions, Duration.ofMinutes(2));
  }

  private void assertTranscripts(List<HeddleSystem.Dispatched> dispatched) {
    for (int index = 0; index < THREADS; index++) {
      List<JsonNode> items = system.transcript(dispatched.get(index).thread());
      assertThat(messages(items, "user")).as("thread %d", index).hasSize(1);
      assertThat(messages(items, "assistant"))
          .as("thread %d", index)
          .containsExactly("first line of " + index + "\nlast line of " + index);
    }
  }

  private static List<String> messages(List<JsonNode> items, String role) {
    return items.stream()
        .filter(item -> item.path("kind").asString("").equals("message"))
        .filter(item -> item.path("role").asString("").equals(role))
        .map(item -> item.path("text").asString("").strip())
        .toList();
  }

  private static void assertSpread(Map<String, JsonNode> sessions) {
    Map<String, Long> perMachine =
        sessions.values().stream()
            .map(session -> session.path("machine").asString(""))
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    assertThat(perMachine).containsOnlyKeys("worker-1", "worker-2");
    assertThat(perMachine.values()).allMatch(count -> count >= THREADS / 5);
  }

  /**
   * From the timestamps: with eight slots, the claim number i + 8 can happen as soon as the end
   * number i has freed a slot. What lies between the two is time in which a slot was free and a
   * session waited.
   */
  private static void assertNoneWaitedBesideAFreeSlot(Map<String, JsonNode> sessions) {
    List<Run> claims =
        sessions.values().stream().map(Run::of).sorted(Comparator.comparing(Run::claimed)).toList();
    List<Instant> ends = claims.stream().map(Run::finished).sorted().toList();
    List<Duration> handOvers = new ArrayList<>();
    for (int index = 0; index < claims.size(); index++) {
      Run claim = claims.get(index);
      Instant free = index < SLOTS ? claim.queued() : ends.get(index - SLOTS);
      assertThat(claim.claimed()).as("claim %d needs a free slot", index).isAfterOrEqualTo(free);
      Instant could = free.isAfter(claim.queued()) ? free : claim.queued();
      handOvers.add(Duration.between(could, claim.claimed()));
    }
    handOvers.sort(Comparator.naturalOrder());
    System.out.printf(
        "%d threads over %d slots in %d ms; from a free slot to the next claim: median %d ms, longest"
            + " %d ms%n",
        THREADS,
        SLOTS,
        Duration.between(claims.getFirst().queued(), ends.getLast()).toMillis(),
        handOvers.get(handOvers.size() / 2).toMillis(),
        handOvers.getLast().toMillis());
    assertThat(handOvers.get(handOvers.size() / 2)).isLessThan(TYPICAL);
    assertThat(handOvers.getLast()).isLessThan(LONGEST);
  }

  private record Run(Instant queued, Instant claimed, Instant finished) {

    static Run of(JsonNode session) {
      return new Run(
          Instant.parse(session.path("queuedAt").asString()),
          Instant.parse(session.path("claimedAt").asString()),
          Instant.parse(session.path("finishedAt").asString()));
    }
  }
}
