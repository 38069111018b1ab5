package dev.heddle.thread.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest;
import dev.heddle.contracts.SessionRequest.CancelRequested;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class RepairIT extends ThreadServiceSetting {

  @Autowired private SessionRequests requests;
  @Autowired private DataSource database;

  @Test
  void aRequestWithoutAnAnswerIsSentAgainAsItWas() {
    String thread = dispatch().text("threadId");
    RunRequested first = wire.await(thread, RunRequested.class, 1).getFirst();
    time().advance(Duration.ofSeconds(31));
    assertThat(wire.await(thread, RunRequested.class, 2)).containsOnly(first);
    assertThat(Set.copyOf(wire.traces(thread, RunRequested.class))).hasSize(1);
  }

  @Test
  void eachTimeTheWaitIsTwiceAsLongUpToAnHour() {
    String slow = dispatch().text("threadId");
    time().advance(Duration.ofSeconds(31));
    wire.await(slow, RunRequested.class, 2);
    String marker = dispatch().text("threadId");
    time().advance(Duration.ofSeconds(31));
    wire.await(marker, RunRequested.class, 2);
    // The sweep that asked for the marker would have asked for both.
    assertThat(unanswered(slow, "times_asked")).isEqualTo(2);
    time().advance(Duration.ofSeconds(31));
    wire.await(slow, RunRequested.class, 3);
    assertThat(unanswered(slow, "times_asked")).isEqualTo(3);
    assertThat(unanswered(slow, "extract(epoch from ask_again_at - asked_at)")).isEqualTo(120);

    jdbc.sql("update unanswered_request set times_asked = 2000 where thread_id = ?::uuid")
        .param(slow)
        .update();
    awaitSent(slow);
    time().advance(Duration.ofSeconds(121));
    wire.await(slow, RunRequested.class, 4);
    assertThat(unanswered(slow, "extract(epoch from ask_again_at - asked_at)")).isEqualTo(3600);
  }

  @Test
  void whatTheBrokerHasNotTakenYetIsNotAskedTwice() throws Exception {
    String thread;
    try (var _ = holdTheRelay()) {
      thread = dispatchUnsent().text("threadId");
      for (int i = 0; i < 3; i++) {
        time().advance(Duration.ofSeconds(31));
        String now = time().instant().toString();
        // Looked at, and put off.
        await().until(() -> unanswered(thread, "(ask_again_at > '%s')::int".formatted(now)) == 1);
      }
      assertThat(unanswered(thread, "times_asked")).isEqualTo(1);
      assertThat(unsent(thread)).isEqualTo(1);
    }
    awaitSent(thread);
    time().advance(Duration.ofSeconds(31));
    assertThat(wire.await(thread, RunRequested.class, 2)).hasSize(2);
  }

  @Test
  void aConnectionThatHangsInATransactionIsEnded() {
    assertThat(jdbc.sql("show idle_in_transaction_session_timeout").query(String.class).single())
        .isEqualTo("1min");
  }

  /** As a relay of another replica would that hangs: nothing is sent until this is closed. */
  private Connection holdTheRelay() throws SQLException {
    Connection connection = database.getConnection();
    connection.setAutoCommit(false);
    try (Statement lock = connection.createStatement()) {
      lock.execute(
          "select pg_advisory_xact_lock(hashtextextended('heddle.outbox.' || current_schema(), 0))");
    }
    return connection;
  }

  @Test
  void anAnsweredRequestIsNot() {
    Answer answered = dispatch();
    publish(
        new SessionScript(
                ThreadId.of(answered.text("threadId")), SessionId.of(answered.text("sessionId")))
            .queued()
            .changes());
    await().until(() -> unanswered(answered) == 0);
    Answer forgotten = dispatch();
    time().advance(Duration.ofSeconds(31));
    wire.await(forgotten.text("threadId"), RunRequested.class, 2);
    assertThat(wire.now(answered.text("threadId"), RunRequested.class)).hasSize(1);
  }

  @Test
  void aRunIsAskedForAgainAheadOfItsCancellation() {
    String thread = dispatch().text("threadId");
    http.patch("/api/threads/" + thread, "{\"archived\":true}");
    awaitSent(thread);
    time().advance(Duration.ofSeconds(31));
    List<SessionRequest> asked = wire.await(thread, SessionRequest.class, 4);
    assertThat(asked.get(2)).isInstanceOf(RunRequested.class);
    assertThat(asked.get(3)).isInstanceOf(CancelRequested.class);
  }

  @Test
  void twoReplicasSendEachRequestOnce() throws Exception {
    List<String> threads = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      threads.add(dispatch().text("threadId"));
    }
    // The clock stands, so that the service's own sweep finds nothing due.
    var later = time().instant().plusSeconds(31);
    CountDownLatch start = new CountDownLatch(1);
    int sent = 0;
    try (ExecutorService replicas = Executors.newFixedThreadPool(4)) {
      List<Future<Integer>> sweeps = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        sweeps.add(
            replicas.submit(() -> {
              start.await();
              return requests.askAgain(later);
            }));
      }
      start.countDown();
      for (Future<Integer> sweep : sweeps) {
        sent += sweep.get();
      }
    }
    assertThat(sent).isGreaterThanOrEqualTo(20);
    for (String thread : threads) {
      assertThat(wire.await(thread, RunRequested.class, 2)).hasSize(2);
    }
  }

  private long unanswered(Answer dispatched) {
    return count(
        "select count(*) from unanswered_request where session_id = '"
            + dispatched.text("sessionId")
            + "'");
  }

  private long unanswered(String thread, String what) {
    return count(
        "select %s from unanswered_request where kind = 'run' and thread_id = '%s'"
            .formatted(what, thread));
  }

  /** Dispatches, and waits until the broker has the request: what it has not is not asked again. */
  private Answer dispatch() {
    Answer answer = dispatchUnsent();
    awaitSent(answer.text("threadId"));
    return answer;
  }

  private Answer dispatchUnsent() {
    return http.post("/api/dispatch", Map.of("project", project(), "prompt", "work"));
  }

  private void awaitSent(String thread) {
    await().until(() -> unsent(thread) == 0);
  }

  private long unsent(String thread) {
    return count(
        "select count(*) from outbox where topic = 'session.requested' and key = '%s'"
            .formatted(thread));
  }
}
