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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class RepairIT extends ThreadServiceSetting {

  @Autowired private SessionRequests requests;

  @Test
  void aRequestWithoutAnAnswerIsSentAgainAsItWas() {
    String thread = dispatch().text("threadId");
    RunRequested first = wire.await(thread, RunRequested.class, 1).getFirst();
    time().advance(Duration.ofSeconds(31));
    assertThat(wire.await(thread, RunRequested.class, 2)).containsOnly(first);
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
    var due = later.minusSeconds(30);
    CountDownLatch start = new CountDownLatch(1);
    int sent = 0;
    try (ExecutorService replicas = Executors.newFixedThreadPool(4)) {
      List<Future<Integer>> sweeps = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        sweeps.add(
            replicas.submit(() -> {
              start.await();
              return requests.askAgain(due, later, 1000);
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

  private Answer dispatch() {
    return http.post("/api/dispatch", Map.of("project", project(), "prompt", "work"));
  }
}
