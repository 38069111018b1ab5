package dev.heddle.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.heddle.testkit.SettableClock;
import dev.heddle.testkit.TestPostgres;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** What idempotency promises, with whichever transaction manager a service has. */
@Timeout(60)
abstract class IdempotencyKit {
  record Order(String what, Map<String, Integer> amounts) {}

  record Answer(String id, Instant at) {}

  record Other(String what) {}

  private static final Order ORDER = new Order("thread", Map.of("a", 1));

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final SettableClock clock = SettableClock.at("2026-11-21T10:00:00Z");
  private JdbcTemplate jdbc;
  private Idempotency idempotency;

  abstract JdbcTemplate jdbc();

  abstract TransactionTemplate transactions();

  /** Writes one row through the service's own means, inside the current transaction. */
  abstract void insert(String id);

  @BeforeEach
  void begin() {
    jdbc = jdbc();
    jdbc.update("DELETE FROM idempotency_key");
    jdbc.update("DELETE FROM work");
    idempotency = with(Duration.ofSeconds(20));
  }

  @AfterEach
  void end() {
    threads.close();
  }

  private JdbcIdempotency with(Duration waitAtMost) {
    return new JdbcIdempotency(jdbc, transactions(), JsonMapper.shared(), clock, waitAtMost);
  }

  @Test
  void repeatedRequestGetsTheFirstAnswerAndDoesNothing() {
    Answer first = once("k", ORDER, this::work);
    Answer second = once("k", ORDER, IdempotencyKit::mustNotRun);

    assertThat(second).isEqualTo(first);
    assertThat(rows()).isEqualTo(1);
  }

  @Test
  void orderOfMembersDoesNotMakeAnotherRequest() {
    Map<String, Integer> oneWay = new LinkedHashMap<>();
    oneWay.put("a", 1);
    oneWay.put("b", 2);
    Map<String, Integer> otherWay = new LinkedHashMap<>();
    otherWay.put("b", 2);
    otherWay.put("a", 1);

    Answer first = once("k", new Order("x", oneWay), this::work);

    assertThat(once("k", new Order("x", otherWay), IdempotencyKit::mustNotRun)).isEqualTo(first);
  }

  @Test
  void keyWithAnotherRequestIsRefused() {
    once("k", ORDER, this::work);

    assertCode(
        RestError.IDEMPOTENCY_KEY_REUSED,
        () -> once("k", new Order("thread", Map.of("a", 2)), IdempotencyKit::mustNotRun));
    assertThat(rows()).isEqualTo(1);
  }

  @Test
  void keysOfDifferentCallersAndOperationsDoNotMeet() {
    Answer first = once("k", ORDER, this::work);
    Answer ofAnother = idempotency.once("k", "bob", ORDER, Answer.class, this::work);
    Answer other = idempotency.once("k", "ada", new Other("thread"), Answer.class, this::work);

    assertThat(List.of(first.id(), ofAnother.id(), other.id())).doesNotHaveDuplicates();
    assertThat(rows()).isEqualTo(3);
  }

  @Test
  void requestWithoutKeyJustRunsInATransaction() {
    once(null, ORDER, this::work);
    once(null, ORDER, this::work);
    assertThatThrownBy(() -> once(null, ORDER, this::workAndFail)).hasMessage("failed on purpose");

    assertThat(rows()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "a\nb", "ключ", "\u0000", "\u007f"})
  void badKeyIsRefused(String key) {
    assertCode(RestError.BAD_IDEMPOTENCY_KEY, () -> once(key, ORDER, IdempotencyKit::mustNotRun));
  }

  @Test
  void keyHasALengthLimit() {
    once("k".repeat(200), ORDER, this::work);
    assertCode(
        RestError.BAD_IDEMPOTENCY_KEY,
        () -> once("k".repeat(201), ORDER, IdempotencyKit::mustNotRun));
  }

  @Test
  void failureIsNotRememberedAndLeavesNothing() {
    assertThatThrownBy(() -> once("k", ORDER, this::workAndFail)).hasMessage("failed on purpose");
    assertThat(rows()).isZero();
    assertThat(keys()).isZero();

    once("k", ORDER, this::work);
    assertThat(rows()).isEqualTo(1);
  }

  @Test
  void rollbackOfTheCallersTransactionTakesTheKeyWithIt() {
    transactions()
        .executeWithoutResult(status -> {
          once("k", ORDER, this::work);
          status.setRollbackOnly();
        });

    assertThat(rows()).isZero();
    assertThat(keys()).isZero();
  }

  @Test
  void sixteenConcurrentDuplicatesDoTheWorkOnceAndAllGetItsAnswer() throws Exception {
    CyclicBarrier start = new CyclicBarrier(16);
    List<Future<Answer>> answers = new ArrayList<>();
    for (int n = 0; n < 16; n++) {
      answers.add(
          run(() -> {
            start.await();
            return once("k", ORDER, this::work);
          }));
    }

    Answer first = answers.getFirst().get();
    for (Future<Answer> answer : answers) {
      assertThat(answer.get()).isEqualTo(first);
    }
    assertThat(rows()).isEqualTo(1);
  }

  @Test
  void duplicateWaitsForTheFirst() throws Exception {
    CountDownLatch working = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    Future<Answer> first = run(() -> once("k", ORDER, () -> workUntil(working, finish)));
    working.await();
    Future<Answer> second = run(() -> once("k", ORDER, IdempotencyKit::mustNotRun));
    awaitSomebodyWaiting();
    assertThat(second.isDone()).isFalse();

    finish.countDown();

    assertThat(second.get()).isEqualTo(first.get());
    assertThat(rows()).isEqualTo(1);
  }

  @Test
  void waitingDuplicateTakesOverWhenTheFirstFails() throws Exception {
    CountDownLatch working = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    Future<Answer> first =
        run(() ->
            once(
                "k",
                ORDER,
                () -> {
                  workUntil(working, finish);
                  throw new IllegalStateException("failed on purpose");
                }));
    working.await();
    Future<Answer> second = run(() -> once("k", ORDER, this::work));
    awaitSomebodyWaiting();

    finish.countDown();

    assertThatThrownBy(first::get).hasRootCauseMessage("failed on purpose");
    Answer answer = second.get();
    assertThat(jdbc.queryForList("SELECT id FROM work", String.class))
        .isEqualTo(List.of(answer.id()));
  }

  @Test
  void waitingDuplicateTakesOverWhenTheConnectionOfTheFirstDies() throws Exception {
    CountDownLatch working = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    int[] backend = new int[1];
    Future<Answer> first =
        run(() ->
            once(
                "k",
                ORDER,
                () -> {
                  backend[0] = jdbc.queryForObject("SELECT pg_backend_pid()", Integer.class);
                  return workUntil(working, finish);
                }));
    working.await();
    Future<Answer> second = run(() -> once("k", ORDER, this::work));
    awaitSomebodyWaiting();

    TestPostgres.execute("postgres", "SELECT pg_terminate_backend(" + backend[0] + ")");

    Answer answer = second.get();
    finish.countDown();
    assertThatThrownBy(first::get).isInstanceOf(ExecutionException.class);
    assertThat(jdbc.queryForList("SELECT id FROM work", String.class))
        .isEqualTo(List.of(answer.id()));
    assertThat(once("k", ORDER, IdempotencyKit::mustNotRun)).isEqualTo(answer);
  }

  @Test
  void duplicateDoesNotWaitForEver() throws Exception {
    CountDownLatch working = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    Future<Answer> first = run(() -> once("k", ORDER, () -> workUntil(working, finish)));
    working.await();
    Idempotency impatient = with(Duration.ofSeconds(1));

    assertCode(
        RestError.REQUEST_IN_PROGRESS,
        () -> impatient.once("k", "ada", ORDER, Answer.class, IdempotencyKit::mustNotRun));

    finish.countDown();
    assertThat(once("k", ORDER, IdempotencyKit::mustNotRun)).isEqualTo(first.get());
  }

  @Test
  void oldKeysAreSweptAndYoungOnesStay() {
    for (int n = 0; n < 3; n++) {
      once("old" + n, ORDER, this::work);
    }
    jdbc.update(
        """
        INSERT INTO idempotency_key (caller, key, operation, request_hash, response, created_at)
        SELECT 'bob', 'old' || n, 'o', 'h', '{}', '2026-11-21T09:00:00Z'
        FROM generate_series(1, 12000) n\
        """);
    clock.advance(Duration.ofHours(24));
    once("young", ORDER, this::work);
    clock.advance(Duration.ofSeconds(1));

    int swept =
        new IdempotencySweep(jdbc, clock, Duration.ofHours(24), Duration.ofHours(1)).sweep();

    assertThat(swept).isEqualTo(12_003);
    assertThat(jdbc.queryForList("SELECT key FROM idempotency_key", String.class))
        .containsExactly("young");
  }

  private Answer once(@Nullable String key, Order order, Supplier<Answer> action) {
    return idempotency.once(key, "ada", order, Answer.class, action);
  }

  private Answer work() {
    Answer answer = new Answer(java.util.UUID.randomUUID().toString(), clock.instant());
    insert(answer.id());
    return answer;
  }

  private Answer workAndFail() {
    work();
    throw new IllegalStateException("failed on purpose");
  }

  private Answer workUntil(CountDownLatch working, CountDownLatch finish) {
    Answer answer = work();
    working.countDown();
    try {
      finish.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return answer;
  }

  private static Answer mustNotRun() {
    throw new AssertionError("the action ran again");
  }

  private <T> Future<T> run(Callable<T> task) {
    return threads.submit(task);
  }

  private int rows() {
    return jdbc.queryForObject("SELECT count(*) FROM work", Integer.class);
  }

  private int keys() {
    return jdbc.queryForObject("SELECT count(*) FROM idempotency_key", Integer.class);
  }

  private void awaitSomebodyWaiting() {
    await()
        .atMost(20, TimeUnit.SECONDS)
        .until(() ->
            jdbc.queryForObject(
                    """
                    SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'\
                    """,
                    Integer.class)
                == 1);
  }

  private static void assertCode(ErrorCode code, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(ProblemException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
