package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Many threads at once over two workers of four slots. */
class ManyThreadsIT {

  private static final int THREADS = 100;
  private static final int SLOTS = 8;

  /**
   * How long a free slot may stay unused while a session waits: the hand-over from one run to the
   * next, on a machine with two busy cores. A poll somewhere in the path would show as more.
   */
  private static final Duration HAND_OVER = Duration.ofSeconds(3);

  @TempDir Path marks;
  private final HeddleSystem system = HeddleSystem.shared();

  @Test
  void eachOfAHundredRunsOnceAndNoneWaitsWhileASlotIsFree() throws Exception {
    String project = system.project();
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
   * From the timestamps: between the moment at which a session was queued and the one at which it
   * was claimed, there was never a slot free for longer than a hand-over takes.
   */
  private static void assertNoneWaitedBesideAFreeSlot(Map<String, JsonNode> sessions) {
    List<Run> runs = sessions.values().stream().map(Run::of).toList();
    List<Instant> moments =
        runs.stream()
            .flatMap(run -> Stream.of(run.queued, run.claimed, run.finished))
            .sorted()
            .toList();
    Instant freeSince = null;
    Duration longest = Duration.ZERO;
    for (Instant moment : moments) {
      long busy = runs.stream().filter(run -> run.holdsSlotAt(moment)).count();
      long waiting = runs.stream().filter(run -> run.waitsAt(moment)).count();
      assertThat(busy).isLessThanOrEqualTo(SLOTS);
      if (busy < SLOTS && waiting > 0) {
        freeSince = freeSince == null ? moment : freeSince;
        Duration free = Duration.between(freeSince, moment);
        longest = free.compareTo(longest) > 0 ? free : longest;
      } else {
        freeSince = null;
      }
    }
    Duration whole = Duration.between(moments.getFirst(), moments.getLast());
    System.out.printf(
        "100 threads over 8 slots: %d ms in all, a slot was free beside a waiting one for at most"
            + " %d ms at a stretch%n",
        whole.toMillis(), longest.toMillis());
    assertThat(longest).isLessThan(HAND_OVER);
  }

  private record Run(Instant queued, Instant claimed, Instant finished) {

    static Run of(JsonNode session) {
      return new Run(
          Instant.parse(session.path("queuedAt").asString()),
          Instant.parse(session.path("claimedAt").asString()),
          Instant.parse(session.path("finishedAt").asString()));
    }

    boolean holdsSlotAt(Instant moment) {
      return !claimed.isAfter(moment) && finished.isAfter(moment);
    }

    boolean waitsAt(Instant moment) {
      return !queued.isAfter(moment) && claimed.isAfter(moment);
    }
  }
}
