package dev.heddle.thread.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.TraceId;
import dev.heddle.messaging.Received;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** A kill just before the commit is a rollback: all of the hand-over, or nothing of it. */
class RolledBackEndIT extends ThreadServiceSetting {

  @Autowired private SessionFollower follower;
  @Autowired private TransactionTemplate transactions;

  @Test
  void aFollowUpWhoseHandOverWasCutOffWaitsAndIsHandedOverOnce() {
    Answer one = http.post("/api/dispatch", Map.of("project", project(), "prompt", "one"));
    String thread = one.text("threadId");
    http.post("/api/threads/" + thread + "/messages", Map.of("text", "two"));
    wire.await(thread, RunRequested.class, 1);
    List<SessionChanged> run =
        new SessionScript(ThreadId.of(thread), SessionId.of(one.text("sessionId")))
            .queued()
            .claimed("worker-1")
            .started("/w", null)
            .completed()
            .changes();
    Map<String, Long> before = rows();

    transactions.executeWithoutResult(status -> {
      follower.follow(run.stream().map(RolledBackEndIT::received).toList());
      assertThat(count("select count(*) from follow_up where status = 'SENDING'")).isPositive();
      status.setRollbackOnly();
    });

    assertThat(rows()).isEqualTo(before);
    assertThat(http.get("/api/threads/" + thread).text("followUps")).isEqualTo("1");
    assertThat(http.get("/api/threads/" + thread).text("status")).isEqualTo("queued");
    publish(run);
    await().until(() -> "0".equals(http.get("/api/threads/" + thread).text("followUps")));
    publish(run);
    List<RunRequested> asked = wire.await(thread, RunRequested.class, 2);
    assertThat(asked).extracting(RunRequested::prompt).containsExactly("one", "two");
    assertThat(http.get("/api/threads/" + thread).text("activeSession"))
        .isEqualTo(asked.get(1).sessionId().toString());
  }

  private static Received<SessionChanged> received(SessionChanged change) {
    return new Received<>(
        change,
        change.key(),
        Topics.SESSION_CHANGED.name(),
        0,
        change.version(),
        change.at(),
        TraceId.random(),
        Map.of());
  }
}
