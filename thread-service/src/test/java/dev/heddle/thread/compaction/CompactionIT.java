package dev.heddle.thread.compaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.RunPurpose;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import dev.heddle.thread.run.SessionScript;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CompactionIT extends ThreadServiceSetting {

  /** Line 19 of the checklist. */
  @Test
  void compactionNeverDeletesAMessageAndAStaleResultIsDropped() {
    Answer first = dispatch("codex");
    String id = first.text("threadId");
    String messages = "/api/threads/" + id + "/messages";
    String compaction = "/api/threads/" + id + "/compaction";
    MessageId answer = answer(first, "one answer");
    Answer asked = http.post(compaction, Map.of());
    assertThat(asked.status()).isEqualTo(202);
    assertThat(http.get("/api/threads/" + id).text("status")).isEqualTo("queued");
    RunRequested request = wire.await(id, RunRequested.class, 2).getLast();
    assertThat(request.continuation().purpose()).isEqualTo(RunPurpose.COMPACTION);
    assertThat(request.continuation().after()).isEqualTo(answer);
    assertThat(request.engine().name()).isEqualTo("codex");
    assertThat(request.continuation().context().messages())
        .extracting(Continuation.Said::text)
        .containsExactly("one", "one answer");
    SessionScript script =
        script(asked).queued().claimed("w").reportsFact(sum("in short\0", answer)).completed();
    finish(script);
    publish(script.changes());
    Answer kept = http.get(compaction);
    assertThat(kept.body()).hasSize(1);
    assertThat(kept.text("0.summary")).isEqualTo("in short\uFFFD");
    assertThat(kept.text("0.inForce")).isEqualTo("true");
    assertThat(http.get(messages).body().get("items")).as("nothing is deleted").hasSize(2);

    Answer second = http.post(messages, Map.of("text", "two"));
    MessageId secondAnswer = answer(second, "two answer");
    Continuation told = wire.await(id, RunRequested.class, 3).getLast().continuation();
    assertThat(told.context().summary()).isEqualTo("in short\uFFFD");
    assertThat(told.context().messages()).as("it covers them").isEmpty();
    Answer edited =
        http.post(messages + "/" + second.text("messageId") + "/edit", Map.of("text", "zwei"));
    finish(
        script(edited)
            .queued()
            .claimed("w")
            .reportsFact(sum("of the other branch", secondAnswer))
            .reportsFact(sum("not further than before", answer))
            .reportsFact(sum("of nothing", new MessageId(UUID.randomUUID())))
            .completed());
    assertThat(http.get(compaction).body()).as("stale results are dropped").hasSize(1);
    http.put(
        "/api/threads/" + id + "/branches/active", Map.of("messageId", first.text("messageId")));
    assertThat(http.get(messages + "?branch=all").body().get("items")).hasSize(5);
  }

  /** One batch brings the message and the summary that covers it. */
  @Test
  void aCompactionThroughTheMessageThatWasSaidJustBeforeIsKept() {
    Answer first = dispatch("codex");
    String id = first.text("threadId");
    MessageId answer = new MessageId(UUID.randomUUID());
    finish(
        script(first)
            .queued()
            .claimed("w")
            .says(answer, "one answer")
            .reportsFact(sum("in short", answer))
            .completed());
    assertThat(http.get("/api/threads/" + id + "/compaction").text("0.throughMessageId"))
        .isEqualTo(answer.toString());
  }

  @Test
  void aSummaryIsCutWhereItWouldCrowdOutTheConversation() {
    Answer first = dispatch("codex");
    String id = first.text("threadId");
    MessageId answer = answer(first, "one answer");
    Answer asked = http.post("/api/threads/" + id + "/compaction", Map.of());
    String summary = "s".repeat(Compaction.MAX_SUMMARY_BYTES + 1);
    finish(script(asked).queued().claimed("w").reportsFact(sum(summary, answer)).completed());
    assertThat(http.get("/api/threads/" + id + "/compaction").text("0.summary"))
        .hasSize(Compaction.MAX_SUMMARY_BYTES);
  }

  @Test
  void aForkHasTheSummaryOfItsBeginning() {
    Answer first = dispatch("codex");
    String id = first.text("threadId");
    MessageId answer = answer(first, "one answer");
    Answer second = http.post("/api/threads/" + id + "/messages", Map.of("text", "two"));
    answer(second, "two answer");
    Answer edited =
        http.post(
            "/api/threads/" + id + "/messages/" + second.text("messageId") + "/edit",
            Map.of("text", "zwei"));
    MessageId last = answer(edited, "zweite Antwort");
    Answer asked = http.post("/api/threads/" + id + "/compaction", Map.of());
    MessageId through = MessageId.of(edited.text("messageId"));
    finish(script(asked).queued().claimed("w").reportsFact(sum("in short", through)).completed());

    String copy = fork(id, last);
    Answer kept = http.get("/api/threads/" + copy + "/compaction");
    assertThat(kept.text("0.summary")).isEqualTo("in short");
    assertThat(kept.text("0.inForce")).isEqualTo("true");
    assertThat(kept.text("0.throughMessageId"))
        .isEqualTo(http.get("/api/threads/" + copy + "/messages").text("items.2.id"));
    http.post("/api/threads/" + copy + "/messages", Map.of("text", "on"));
    Continuation told = wire.await(copy, RunRequested.class, 1).getLast().continuation();
    assertThat(told.context().summary()).isEqualTo("in short");
    assertThat(told.context().messages())
        .extracting(Continuation.Said::text)
        .containsExactly("zweite Antwort");
    assertThat(http.get("/api/threads/" + fork(id, answer) + "/compaction").body())
        .as("it covers more than the copy has")
        .isEmpty();
  }

  @Test
  void aFailedCompactionIsNoMessageOfTheConversation() {
    Answer first = dispatch("codex");
    String id = first.text("threadId");
    answer(first, "one answer");
    Answer asked = http.post("/api/threads/" + id + "/compaction", Map.of());
    finish(script(asked).queued().claimed("w").failed("engine_failed", "no"));
    assertThat(http.get("/api/threads/" + id).text("lastOutcome.code")).isEqualTo("engine_failed");
    assertThat(http.get("/api/threads/" + id + "/messages").body().get("items")).hasSize(2);
  }

  @Test
  void aRetryOfACompactionIsAsSilentAndLeavesTheBranchWhereItIs() {
    Answer first = dispatch("codex");
    String id = first.text("threadId");
    MessageId answer = answer(first, "one answer");
    Answer asked = http.post("/api/threads/" + id + "/compaction", Map.of());
    finish(script(asked).answering(answer).queued().claimed("w").failed("engine_failed", "no"));
    answer(http.post("/api/threads/" + id + "/messages", Map.of("text", "two")), "two answer");
    String active = http.get("/api/threads/" + id).text("activeMessageId");
    SessionScript retry =
        new SessionScript(ThreadId.of(id), new SessionId(UUID.randomUUID()))
            .running("codex")
            .answering(answer)
            .repeating(SessionId.of(asked.text("sessionId")))
            .queued()
            .claimed("w");
    publish(retry.changes());
    await().until(() -> "running".equals(http.get("/api/threads/" + id).text("status")));
    finish(
        retry
            .says(new MessageId(UUID.randomUUID()), "in short")
            .reportsFact(sum("in short", answer))
            .completed());
    assertThat(http.get("/api/threads/" + id).text("activeMessageId")).isEqualTo(active);
    assertThat(http.get("/api/threads/" + id + "/messages?branch=all").body().get("items"))
        .hasSize(4);
    assertThat(http.get("/api/threads/" + id + "/compaction").text("0.summary"))
        .isEqualTo("in short");
  }

  @Test
  void nothingIsSaidToAnEngineWhileItSumsUp() {
    Answer first = dispatch("codex");
    String id = first.text("threadId");
    answer(first, "one answer");
    Answer asked = http.post("/api/threads/" + id + "/compaction", Map.of());
    SessionScript script = script(asked).queued().claimed("w").startedTakingInput();
    publish(script.changes());
    await().until(() -> "running".equals(http.get("/api/threads/" + id).text("status")));
    Answer said =
        http.post("/api/threads/" + id + "/messages", Map.of("text", "two", "ifBusy", "steer"));
    assertThat(said.text("disposition")).isEqualTo("queued");
    publish(script.completed().changes());
    RunRequested next = wire.await(id, RunRequested.class, 3).getLast();
    assertThat(next.prompt()).as("it comes next").isEqualTo("two");
    assertThat(next.continuation().purpose()).isEqualTo(RunPurpose.TURN);
  }

  @Test
  void whatCannotBeSummedUpIsRefused() {
    Answer command = dispatch("command");
    String path = "/api/threads/" + command.text("threadId") + "/compaction";
    assertThat(http.post(path, Map.of()).code()).isEqualTo("thread_busy");
    answer(command, "x");
    Answer unsupported = http.post(path, Map.of());
    assertThat(unsupported.status()).isEqualTo(409);
    assertThat(unsupported.code()).isEqualTo("compaction_unsupported");
    String empty =
        http.post("/api/threads", Map.of("project", project(), "engine", "codex")).text("id");
    assertThat(http.post("/api/threads/" + empty + "/compaction", Map.of()).code())
        .isEqualTo("nothing_to_compact");
    String unknown = "/api/threads/" + UUID.randomUUID() + "/compaction";
    assertThat(http.post(unknown, Map.of()).code()).isEqualTo("unknown_thread");
    assertThat(http.get(unknown).code()).isEqualTo("unknown_thread");
  }

  private String fork(String thread, MessageId last) {
    return http.post("/api/threads/" + thread + "/fork", Map.of("messageId", last.toString()))
        .text("id");
  }

  private Answer dispatch(String engine) {
    return http.post(
        "/api/dispatch", Map.of("project", project(), "prompt", "one", "engine", engine));
  }

  private MessageId answer(Answer dispatched, String text) {
    MessageId id = new MessageId(UUID.randomUUID());
    finish(script(dispatched).queued().claimed("w").says(id, text).completed());
    return id;
  }

  private void finish(SessionScript script) {
    publish(script.changes());
    String thread = script.last().threadId().toString();
    await().until(() -> "idle".equals(http.get("/api/threads/" + thread).text("status")));
  }

  private static SessionFact sum(String summary, MessageId through) {
    return new SessionFact.CompactionReported(summary, through);
  }

  private static SessionScript script(Answer dispatched) {
    return new SessionScript(
            ThreadId.of(dispatched.text("threadId")), SessionId.of(dispatched.text("sessionId")))
        .running("codex");
  }
}
