package dev.heddle.thread.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunFoldTest {

  private static final Instant NOW = Instant.parse("2026-11-21T09:00:00Z");

  private final StoredThread thread = new StoredThread();

  @Test
  void aRunIsFollowedFromItsQueueToItsEnd() {
    MessageId answer = new MessageId(UUID.randomUUID());
    SessionScript script =
        thread
            .dispatch()
            .claimed("worker-1")
            .preparing()
            .started("/srv/t", "heddle/x")
            .says(answer, "done")
            .reports("heddle/x", "/srv/t", "abc123", 2)
            .completed();
    thread.deliver(script);
    assertThat(thread.path())
        .containsExactly(RunStatus.IDLE, RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.IDLE);
    assertThat(thread.texts()).containsExactly("done");
    assertThat(thread.run.activeSession()).isNull();
    assertThat(thread.run.machine()).isEqualTo("worker-1");
    assertThat(thread.run.branch()).isEqualTo("heddle/x");
    assertThat(thread.run.worktreePath()).isEqualTo("/srv/t");
    assertThat(thread.run.head()).isEqualTo("abc123");
    assertThat(thread.run.changedFiles()).isEqualTo(2);
    assertThat(thread.run.engineSession()).isEqualTo("e-1");
    assertThat(thread.run.lastOutcome().status()).isEqualTo(SessionStatus.COMPLETED);
  }

  @Test
  void thePhaseIsALabelThatVanishesWhenTheEngineRuns() {
    SessionScript script = thread.dispatch().claimed("worker-1");
    thread.deliver(script);
    assertThat(thread.run.phase()).isEqualTo("claimed");
    script.preparing();
    thread.deliver(script);
    assertThat(thread.run.phase()).isEqualTo("preparing");
    script.started("/srv/t", null);
    thread.deliver(script);
    assertThat(thread.run.phase()).isNull();
  }

  @Test
  void aLostAttemptGoesBackToTheQueue() {
    thread.deliver(
        thread
            .dispatch()
            .claimed("worker-1")
            .started("/w", null)
            .queued()
            .claimed("worker-2")
            .started("/w", null));
    assertThat(thread.path())
        .containsExactly(
            RunStatus.IDLE,
            RunStatus.QUEUED,
            RunStatus.RUNNING,
            RunStatus.QUEUED,
            RunStatus.RUNNING);
    assertThat(thread.run.attempt()).isEqualTo(2);
    assertThat(thread.run.machine()).isEqualTo("worker-2");
  }

  @Test
  void aFailureBeforeAnyAnswerLeavesOneMessageWithTheError() {
    SessionScript script =
        thread.dispatch().claimed("worker-1").failed("workspace_failed", "git said no");
    thread.deliver(script);
    thread.deliver(script);
    assertThat(thread.texts()).containsExactly("git said no");
    assertThat(thread.run.lastOutcome().code()).isEqualTo("workspace_failed");
    assertThat(thread.run.lastOutcome().message()).isEqualTo("git said no");
  }

  @Test
  void aFailureAfterAnAnswerAddsNothing() {
    MessageId answer = new MessageId(UUID.randomUUID());
    thread.deliver(
        thread
            .dispatch()
            .claimed("worker-1")
            .started("/w", null)
            .says(answer, "half of it")
            .failed("engine_failed", "exit code 1"));
    assertThat(thread.texts()).containsExactly("half of it");
  }

  @Test
  void aFailureInTheMiddleOfAMessageIsTold() {
    for (String begun : List.of("", "half of it")) {
      StoredThread broken = new StoredThread();
      broken.deliver(
          broken
              .dispatch()
              .claimed("worker-1")
              .started("/w", null)
              .says(new MessageId(UUID.randomUUID()), "first")
              .writes(new MessageId(UUID.randomUUID()), begun)
              .failed("engine_failed", "exit code 1"));
      assertThat(broken.texts()).containsExactly("first", begun, "exit code 1");
    }
  }

  @Test
  void aFailureAfterAMessageThatWasWrittenToItsEndAddsNothing() {
    MessageId answer = new MessageId(UUID.randomUUID());
    SessionScript script =
        thread
            .dispatch()
            .claimed("worker-1")
            .started("/w", null)
            .writes(answer, "half")
            .says(answer, "half of it")
            .failed("engine_failed", "exit code 1");
    thread.deliver(script);
    assertThat(thread.texts()).hasSize(1);
  }

  @Test
  void aCancelByThreadKeepsWhoAskedAndIgnoresWhatTheSessionDidBeforeItHeard() {
    SessionScript script = thread.dispatch().claimed("worker-1");
    thread.deliver(script);
    thread.history.add(thread.run.stop("ada", "thread archived", NOW));
    script.started("/w", null).waiting();
    thread.deliver(script);
    assertThat(thread.run.status()).isEqualTo(RunStatus.STOPPING);
    thread.deliver(script.cancelled());
    assertThat(thread.path())
        .containsExactly(
            RunStatus.IDLE,
            RunStatus.QUEUED,
            RunStatus.RUNNING,
            RunStatus.STOPPING,
            RunStatus.IDLE);
    assertThat(thread.run.lastOutcome().status()).isEqualTo(SessionStatus.CANCELLED);
    assertThat(thread.run.lastOutcome().by()).isEqualTo("ada");
  }

  @Test
  void whoCancelledARunIsKnownThoughTheThreadDidNotAskForIt() {
    thread.deliver(thread.dispatch().claimed("worker-1").cancelledBy("grace"));
    assertThat(thread.run.lastOutcome().by()).isEqualTo("grace");
  }

  @Test
  void aRetryOfAnIdleThreadBecomesItsRun() {
    thread.deliver(thread.dispatch().claimed("worker-1").failed("x", "first"));
    SessionScript retry = thread.retry().queued().claimed("worker-2").started("/w", null);
    thread.deliver(retry);
    assertThat(thread.run.status()).isEqualTo(RunStatus.RUNNING);
    assertThat(thread.run.activeSession()).isEqualTo(retry.last().sessionId());
    thread.deliver(retry.completed());
    assertThat(thread.run.status()).isEqualTo(RunStatus.IDLE);
    assertThat(thread.run.lastOutcome().status()).isEqualTo(SessionStatus.COMPLETED);
  }

  @Test
  void aRetryThatIsSilentSaysNothingAndMovesNoBranch() {
    MessageId active = new MessageId(UUID.randomUUID());
    thread.run.activate(active);
    SessionScript retry = thread.retry().answering(new MessageId(UUID.randomUUID()));
    thread.known(retry).silently();
    thread.deliver(
        retry
            .queued()
            .claimed("worker-1")
            .started("/w", null)
            .says(new MessageId(UUID.randomUUID()), "in short")
            .failed("engine_failed", "no"));
    assertThat(thread.run.lastOutcome().code()).isEqualTo("engine_failed");
    assertThat(thread.run.activeMessage()).isEqualTo(active);
    assertThat(thread.texts()).isEmpty();
  }

  @Test
  void anAdoptedSessionThatHasSpokenContinuesWhereItIs() {
    SessionScript own = thread.dispatch();
    MessageId said = new MessageId(UUID.randomUUID());
    SessionScript other = thread.retry().queued().claimed("worker-2");
    thread.deliver(other);
    thread.known(other).said(said);
    thread.deliver(own.claimed("worker-1").completed());
    thread.deliver(other.started("/w", null));
    assertThat(thread.run.activeSession()).isEqualTo(other.last().sessionId());
    assertThat(thread.run.activeMessage()).isEqualTo(said);
  }

  @Test
  void aStaleSessionCannotFinishOverANewerOne() {
    SessionScript stray = thread.retry().queued();
    SessionScript current = thread.dispatch().claimed("worker-1").started("/w", null);
    thread.deliver(current);
    thread.deliver(stray.claimed("worker-9").failed("x", "stale"));
    assertThat(thread.run.status()).isEqualTo(RunStatus.RUNNING);
    assertThat(thread.run.machine()).isEqualTo("worker-1");
    assertThat(thread.run.lastOutcome()).isNull();
    assertThat(thread.texts()).as("what it said is kept all the same").containsExactly("stale");
  }

  @Test
  void anEndedSessionIsNeverTakenForANewOne() {
    SessionScript first = thread.dispatch().claimed("worker-1").completed();
    thread.deliver(first);
    thread.deliver(first);
    assertThat(thread.run.status()).isEqualTo(RunStatus.IDLE);
    assertThat(thread.history).hasSize(3);
  }

  @Test
  void textThatCannotBeStoredIsCleaned() {
    thread.deliver(
        thread
            .dispatch()
            .claimed("worker-1")
            .started("/w", null)
            .says(new MessageId(UUID.randomUUID()), "a\0b\uD800c")
            .completed());
    assertThat(thread.texts()).containsExactly("a\uFFFDb\uFFFDc");
  }

  /**
   * Runs and retries follow one another while everything that was delivered so far comes again in
   * whole batches and single records. Whatever comes twice changes nothing, at every step.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89})
  void replaysAtAnyMomentChangeNothing(long seed) {
    Random random = new Random(seed);
    StoredThread plain = new StoredThread();
    StoredThread replayed = new StoredThread();
    List<SessionChanged> delivered = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      boolean retried = i > 0 && random.nextInt(4) == 0;
      SessionScript script = retried ? plain.retry() : plain.dispatch();
      if (!retried) {
        replayed.history.add(
            replayed.run.dispatch(script.last().sessionId(), "local", "dispatched", NOW));
      }
      story(random, script);
      for (SessionChanged change : script.changes()) {
        plain.deliver(change);
        replayed.deliver(change);
        delivered.add(change);
        int from = random.nextInt(delivered.size());
        int to = from + random.nextInt(Math.min(20, delivered.size() - from)) + 1;
        delivered.subList(from, to).forEach(replayed::deliver);
        assertThat(replayed.run.status()).isEqualTo(plain.run.status());
        assertThat(replayed.path()).isEqualTo(plain.path());
        assertThat(replayed.texts()).isEqualTo(plain.texts());
        assertThat(replayed.run.attempt()).isEqualTo(plain.run.attempt());
      }
    }
    assertThat(plain.run.status()).isEqualTo(RunStatus.IDLE);
  }

  /**
   * Two sessions of one thread tell their stories in any mixture, each in its own order. The thread
   * ends idle, holds what both said, and its status was always that of one of them.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89})
  void sessionsInAnyMixtureEndIdleWithAllTheySaid(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 100; round++) {
      StoredThread mixed = new StoredThread();
      SessionScript own = story(random, mixed.dispatch());
      SessionScript other = story(random, mixed.retry().queued());
      List<SessionChanged> left = new ArrayList<>(own.changes());
      List<SessionChanged> right = new ArrayList<>(other.changes());
      while (!left.isEmpty() || !right.isEmpty()) {
        List<SessionChanged> source =
            right.isEmpty() || (!left.isEmpty() && random.nextBoolean()) ? left : right;
        mixed.deliver(source.removeFirst());
        mixed.path();
      }
      assertThat(mixed.run.status()).isEqualTo(RunStatus.IDLE);
      assertThat(mixed.run.activeSession()).isNull();
      assertThat(mixed.texts())
          .containsExactlyInAnyOrderElementsOf(
              java.util.stream.Stream.of(own, other).flatMap(s -> said(s).stream()).toList());
    }
  }

  /** What a session leaves in the conversation. */
  private static List<String> said(SessionScript script) {
    List<String> texts = new ArrayList<>();
    for (SessionChanged change : script.changes()) {
      if (change.fact() instanceof dev.heddle.contracts.SessionFact.MessageCompleted message) {
        texts.add(message.text());
      }
    }
    SessionChanged end = script.last();
    if (texts.isEmpty() && end.session().status() == SessionStatus.FAILED) {
      texts.add(end.session().failure().message());
    }
    return texts;
  }

  /** A random but lawful life of a session. */
  private static SessionScript story(Random random, SessionScript script) {
    int attempts = random.nextInt(3) + 1;
    for (int attempt = 1; attempt <= attempts; attempt++) {
      script.claimed("worker-" + random.nextInt(3));
      if (random.nextInt(5) > 0) {
        script.preparing().started("/w", "b");
        for (int i = random.nextInt(3); i > 0; i--) {
          script.says(new MessageId(UUID.randomUUID()), "text " + random.nextInt(1_000_000));
        }
        if (random.nextInt(3) == 0) {
          script.waiting().resumed();
        }
      }
      if (attempt < attempts) {
        script.queued();
      }
    }
    return switch (random.nextInt(4)) {
      case 0 -> script.failed("engine_failed", "error " + random.nextInt(1_000_000));
      case 1 -> script.stopping().cancelled();
      default -> script.completed();
    };
  }
}
