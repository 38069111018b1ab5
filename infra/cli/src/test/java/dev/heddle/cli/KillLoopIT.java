package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.local.ProcessIdentity;
import dev.heddle.local.SystemState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every process is killed again and again, at moments that dice choose, while clients dispatch.
 *
 * <p>{@code heddle.kill.seed} repeats the dice of a run. {@code heddle.kill.dispatches} says how
 * long it lasts: by default some four minutes on two busy cores, and 500 are the real proof.
 */
class KillLoopIT {

  private static final int DISPATCHES = Integer.getInteger("heddle.kill.dispatches", 120);
  private static final int CLIENTS = 4;

  /**
   * Accepted and not yet run at one time, so that there is work from the first kill to the last.
   */
  private static final int WAITING = 40;

  private static final Duration LIMIT = Duration.ofMinutes(15);

  /** So many runs come to their end between two kills, or fewer. */
  private static final int RUNS_BETWEEN = 20;

  /** Even if none does, so that what is just coming back is killed as well. */
  private static final int LONGEST_PAUSE = 40_000;

  /** After its death follows a whole start. */
  private static final String LAUNCHER = "launcher";

  private static final List<String> PARTS =
      List.of(
          LAUNCHER,
          "thread-service",
          "session-service",
          "trace-service",
          "gateway",
          "worker-1",
          "worker-2",
          "kafka",
          "postgresql");

  /** A third of the defaults, so that a loss is noticed in seconds; and no loss is one too many. */
  private static final Map<String, String> SETTINGS =
      Map.ofEntries(
          Map.entry("HEDDLE_SESSION_LEASE_LENGTH", "6s"),
          Map.entry("HEDDLE_SESSION_LEASE_BLINDNESS", "3s"),
          Map.entry("HEDDLE_SESSION_OFFER_VALIDITY", "6s"),
          Map.entry("HEDDLE_SESSION_OFFER_RECORD_LOCK", "3s"),
          Map.entry("HEDDLE_SESSION_OFFER_REFUSAL_PAUSE", "2s"),
          Map.entry("HEDDLE_SESSION_RETRY_MAX_ATTEMPTS", "100"),
          Map.entry("HEDDLE_WORKER_HEARTBEAT_INTERVAL", "1s"),
          Map.entry("HEDDLE_WORKER_GUARD_MARGIN", "2s"),
          Map.entry("HEDDLE_WORKER_CLAIM_RESEND", "1s"));

  /** An accepted dispatch, and how many lines it prints. */
  private record Accepted(String session, int lines) {}

  @TempDir Path folder;
  private final HeddleSystem system = HeddleSystem.create();
  private final Endings endings = new Endings(system);
  private final long seed = Long.getLong("heddle.kill.seed", System.nanoTime());
  private final CountDownLatch allAccepted = new CountDownLatch(CLIENTS);
  private final Map<String, Integer> kills = new TreeMap<>();

  @AfterEach
  void stop() {
    system.close();
  }

  @Test
  void nothingIsLostAndNothingRunsTwiceAtOnce() throws Exception {
    System.out.printf("KillLoopIT: -Dheddle.kill.seed=%d%n", seed);
    system.up(SETTINGS, "--workers", "2", "--slots", "4");
    long begin = System.nanoTime();
    EngineMarks marks = new EngineMarks(folder.resolve("marks"));
    String project = system.project();

    List<Accepted> accepted = new ArrayList<>();
    try (ExecutorService executor =
        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      List<Future<List<Accepted>>> clients = new ArrayList<>();
      AtomicInteger dispatched = new AtomicInteger();
      for (int number = 0; number < CLIENTS; number++) {
        Random dice = new Random(seed + number);
        clients.add(executor.submit(() -> dispatch(project, marks, dispatched, dice)));
      }
      Future<?> killer = executor.submit(() -> killUntilAllAreAccepted(marks, new Random(seed)));
      for (Future<List<Accepted>> client : clients) {
        accepted.addAll(client.get());
      }
      killer.get();
    }
    system.awaitReady();
    system.awaitDone(accepted.stream().map(Accepted::session).toList(), Duration.ofMinutes(4));
    report(accepted, marks, Duration.ofNanos(System.nanoTime() - begin));

    assertThat(kills).containsOnlyKeys(PARTS.toArray(String[]::new));
    assertAcceptedAndNothingElse(project, accepted);
    for (Accepted one : accepted) {
      endings.assertOnce(one.session, "completed");
      endings.assertTimeline(one.session, one.lines);
    }
    marks.assertNoOverlap();
    assertThat(marks.spans()).containsOnlyKeys(sessions(accepted));
    endings.assertStaleEventsHidden();
    endings.awaitFreeSlots();
    system.down().expectOk();
    assertThat(system.processes()).isEmpty();
    assertThat(Processes.ofSessions(List.of(sessions(accepted)))).isEmpty();
  }

  private List<Accepted> dispatch(
      String project, EngineMarks marks, AtomicInteger dispatched, Random dice) {
    List<Accepted> accepted = new ArrayList<>();
    try {
      for (int number = dispatched.getAndIncrement();
          number < DISPATCHES;
          number = dispatched.getAndIncrement()) {
        int before = number;
        await("a dispatch that has run")
            .atMost(LIMIT)
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(200))
            .until(() -> before - marks.ended() < WAITING);
        int lines = 2 + dice.nextInt(23);
        accepted.add(
            new Accepted(system.dispatchWhenOpen(project, marks.printing(lines)).session(), lines));
      }
      return accepted;
    } finally {
      allAccepted.countDown();
    }
  }

  /** Deals the parts in an order of its own each time, so that none is spared. */
  private void killUntilAllAreAccepted(EngineMarks marks, Random dice) {
    List<String> deck = new ArrayList<>();
    while (isGoingOn(marks, dice)) {
      if (deck.isEmpty()) {
        deck.addAll(PARTS);
        Collections.shuffle(deck, dice);
      }
      kill(deck.removeLast());
    }
  }

  private void kill(String part) {
    if (part.equals(LAUNCHER)) {
      HeddleSystem.signal(system.state().launcher(), "KILL");
      kills.merge(part, 1, Integer::sum);
      system.upAgain().expectOk();
      return;
    }
    // One that is dead already is killed when it has come back, ready or not.
    ProcessIdentity victim =
        await("a process of " + part)
            .atMost(Duration.ofMinutes(2))
            .until(() -> alive(part), Optional::isPresent)
            .orElseThrow();
    HeddleSystem.signal(victim, "KILL");
    kills.merge(part, 1, Integer::sum);
  }

  /**
   * Waits as long as the dice say; false when each part had its turn and there is nothing more to
   * disturb.
   */
  private boolean isGoingOn(EngineMarks marks, Random dice) {
    long until = marks.ended() + dice.nextInt(RUNS_BETWEEN);
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(dice.nextInt(LONGEST_PAUSE));
    boolean turns = kills.size() < PARTS.size();
    try {
      while (marks.ended() < until && System.nanoTime() < deadline) {
        if (allAccepted.await(100, TimeUnit.MILLISECONDS)) {
          return turns;
        }
      }
      return turns || allAccepted.getCount() > 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Optional<ProcessIdentity> alive(String part) {
    return system.state().part(part).map(SystemState.Part::process).filter(ProcessIdentity::alive);
  }

  private void assertAcceptedAndNothingElse(String project, List<Accepted> accepted) {
    assertThat(system.gateway().list("api/sessions?limit=200&project=" + project, 10 * DISPATCHES))
        .extracting(session -> session.path("id").asString())
        .as("a repeated request makes no second session")
        .containsExactlyInAnyOrder(sessions(accepted));
    assertThat(accepted).hasSize(DISPATCHES);
  }

  private static String[] sessions(List<Accepted> accepted) {
    return accepted.stream().map(Accepted::session).toArray(String[]::new);
  }

  private void report(List<Accepted> accepted, EngineMarks marks, Duration took) {
    long again = marks.spans().values().stream().filter(spans -> spans.size() > 1).count();
    System.out.printf(
        "KillLoopIT: %d sessions in %d s, %d kills %s; %d sessions were executed more than once,"
            + " %s events of stale attempts are hidden%n",
        accepted.size(),
        took.toSeconds(),
        kills.values().stream().mapToInt(Integer::intValue).sum(),
        kills,
        again,
        new Database(system, "trace").count("select count(*) from trace_event where superseded"));
  }
}
