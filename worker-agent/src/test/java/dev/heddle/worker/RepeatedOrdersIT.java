package dev.heddle.worker;

import static dev.heddle.worker.HeardWorkers.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.ControlMessage;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.Outcome;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionFact.AttemptEnded;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.testkit.TestKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Everything that a worker reads, delivered twice record by record and twice as a batch, does what
 * it does once.
 */
@Timeout(180)
class RepeatedOrdersIT {

  private static final String POOL = "repeated";
  private static final Ids IDS = new Ids(Clock.systemUTC(), new SecureRandom());

  @TempDir static Path home;
  private static ScriptedSessions sessions;
  private static TestWorker worker;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    sessions = new ScriptedSessions(TestKafka.bootstrapServers(), POOL);
    worker = new TestWorker(TestKafka.bootstrapServers(), "repeated", POOL, home);
    await().atMost(Duration.ofMinutes(2)).until(() -> sessions.lastHeartbeat(worker.id) != null);
  }

  @AfterAll
  static void stop() {
    worker.close();
    sessions.close();
  }

  /** How an offer comes to the worker. */
  enum Way {
    SHARE_GROUP,
    CONTROL_TOPIC
  }

  @ParameterizedTest
  @EnumSource
  void anOfferIsClaimedUnderOneIdAndRunsOnce(Way way) throws IOException {
    SessionOffered one = sessions.offer(POOL);
    SessionOffered two = sessions.offer(POOL);
    twice(
        List.of(one, two),
        offer -> {
          if (way == Way.SHARE_GROUP) {
            sessions.toPool(offer);
          } else {
            sessions.toMachine(worker.id, offer);
          }
        });
    for (SessionOffered offer : List.of(one, two)) {
      ClaimMade claim = sessions.claimOf(offer);
      sessions.grant(offer, claim, marking(offer));
      assertThat(sessions.awaitFact(offer, AttemptEnded.class).outcome())
          .isEqualTo(Outcome.COMPLETED);
    }
    // A repetition that is read when its run is over is a claim of its own, which loses.
    await()
        .atMost(LONG)
        .during(Duration.ofSeconds(1))
        .until(() -> {
          sessions.denyOthers(List.of(one, two));
          return worker.ledger().usedSlots() == 0;
        });
    assertThat(marksOf(one)).hasSize(1);
    assertThat(marksOf(two)).hasSize(1);
  }

  /** What session-service says of a claim or a run. */
  enum Order {
    GRANT_THEN_CANCEL(Outcome.CANCELLED),
    GRANT_THEN_STOP(null),
    GRANT_THEN_DENY(null),
    DENY_THEN_STOP(null);

    private final Outcome outcome;

    Order(Outcome outcome) {
      this.outcome = outcome;
    }
  }

  @ParameterizedTest
  @EnumSource
  void anAnswerOrOrderIsFollowedOnce(Order order) throws IOException {
    SessionOffered offer = sessions.offer(POOL);
    sessions.toMachine(worker.id, offer);
    ClaimMade claim = sessions.claimOf(offer);
    CommandId cancel = new CommandId(IDS.next());
    Runnable grant = () -> sessions.grant(offer, claim, marking(offer) + "; sleep 300; true");
    List<Runnable> orders =
        switch (order) {
          case GRANT_THEN_CANCEL -> List.of(grant, () -> sessions.cancel(claim, cancel));
          case GRANT_THEN_STOP -> List.of(grant, () -> sessions.stop(claim));
          case GRANT_THEN_DENY -> List.of(grant, () -> sessions.deny(claim));
          case DENY_THEN_STOP -> List.of(() -> sessions.deny(claim), () -> sessions.stop(claim));
        };
    twice(orders, Runnable::run);
    sessions.withhold(claim);
    probe();

    await().atMost(LONG).until(() -> worker.ledger().usedSlots() == 0);
    if (order.outcome != null) {
      // The slot is free before the broker has the end.
      sessions.awaitFact(offer, AttemptEnded.class);
    }
    List<AttemptEnded> ends =
        sessions.factsOf(offer).stream()
            .filter(AttemptEnded.class::isInstance)
            .map(AttemptEnded.class::cast)
            .toList();
    if (order.outcome == null) {
      assertThat(ends).isEmpty();
    } else {
      assertThat(ends).extracting(AttemptEnded::outcome).containsExactly(order.outcome);
      assertThat(sessions.factsOf(offer))
          .filteredOn(SessionFact.CommandAnswered.class::isInstance)
          .containsExactly(new SessionFact.CommandAnswered(cancel, true, null));
    }
    assertThat(marksOf(offer)).hasSizeLessThanOrEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"ONLINE", "DRAINING"})
  void ofDrainAndResumeTheLastNewWordCounts(MachineState last) {
    BiFunction<Boolean, CommandId, ControlMessage> word =
        (drain, id) ->
            drain
                ? new ControlMessage.DrainMachine(worker.id, id, "ada", now())
                : new ControlMessage.ResumeMachine(worker.id, id, "ada", now());
    boolean drains = last == MachineState.DRAINING;
    List<ControlMessage> words =
        List.of(
            word.apply(!drains, new CommandId(IDS.next())),
            word.apply(drains, new CommandId(IDS.next())));
    twice(words, one -> sessions.control(worker.id, one));
    await().atMost(LONG).until(() -> sessions.lastHeartbeat(worker.id).state() == last);
    if (drains) {
      sessions.resume(worker.id);
      await()
          .atMost(LONG)
          .until(() -> sessions.lastHeartbeat(worker.id).state() == MachineState.ONLINE);
    } else {
      probe();
      assertThat(sessions.lastHeartbeat(worker.id).state()).isEqualTo(MachineState.ONLINE);
    }
  }

  /** A1 A1 A2 A2, then A1 A2 A1 A2. */
  private static <T> void twice(List<T> records, java.util.function.Consumer<T> deliver) {
    List<T> all = new ArrayList<>();
    records.forEach(one -> all.addAll(List.of(one, one)));
    all.addAll(records);
    all.addAll(records);
    all.forEach(deliver);
  }

  /** What was said before has been taken up when this has run. */
  private static void probe() {
    SessionOffered offer = sessions.offer(POOL);
    sessions.toMachine(worker.id, offer);
    sessions.grant(offer, sessions.claimOf(offer), "true");
    sessions.awaitFact(offer, AttemptEnded.class);
  }

  private static java.time.Instant now() {
    return Clock.systemUTC().instant();
  }

  private String marking(SessionOffered offer) {
    return "echo ran >>" + folder.resolve(offer.sessionId().toString());
  }

  private List<String> marksOf(SessionOffered offer) throws IOException {
    Path marks = folder.resolve(offer.sessionId().toString());
    return Files.exists(marks) ? Files.readAllLines(marks) : List.of();
  }
}
