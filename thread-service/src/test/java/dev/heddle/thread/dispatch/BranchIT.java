package dev.heddle.thread.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessagePart;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.Role;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadChanged;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TokenUsage;
import dev.heddle.contracts.ToolStatus;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import dev.heddle.thread.run.SessionScript;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class BranchIT extends ThreadServiceSetting {

  /** A thread on which something was said and answered. */
  private Answer talk(Map<String, Object> settings) {
    Map<String, Object> request =
        new java.util.HashMap<>(Map.of("project", project(), "prompt", "one"));
    request.putAll(settings);
    Answer dispatched = http.post("/api/dispatch", request);
    assertThat(dispatched.status()).isEqualTo(202);
    answer(dispatched, "first answer");
    return dispatched;
  }

  private MessageId answer(Answer dispatched, String text) {
    MessageId id = new MessageId(UUID.randomUUID());
    finish(dispatched, script(dispatched).queued().claimed("worker-1").says(id, text).completed());
    return id;
  }

  private void finish(Answer dispatched, SessionScript script) {
    publish(script.changes());
    await()
        .until(() ->
            "idle".equals(http.get("/api/threads/" + dispatched.text("threadId")).text("status")));
  }

  private static SessionScript script(Answer dispatched) {
    return new SessionScript(
        ThreadId.of(dispatched.text("threadId")), SessionId.of(dispatched.text("sessionId")));
  }

  private List<String> transcript(String thread) {
    return texts(http.get("/api/threads/" + thread + "/messages"), "text");
  }

  private static List<String> texts(Answer page, String field) {
    return StreamSupport.stream(page.body().get("items").spliterator(), false)
        .map(item -> item.get(field).asString())
        .toList();
  }

  /** Line 6 of the checklist. */
  @Test
  void anEditMakesASiblingAndChoosingABranchChangesTheTranscriptAndRegenerateMakesASiblingAnswer() {
    Answer first = talk(Map.of());
    String id = first.text("threadId");
    String messages = "/api/threads/" + id + "/messages";
    Answer said = http.post(messages, Map.of("text", "two"));
    MessageId secondAnswer = answer(said, "second answer");
    assertThat(transcript(id)).containsExactly("one", "first answer", "two", "second answer");

    Answer edited =
        http.post(messages + "/" + said.text("messageId") + "/edit", Map.of("text", "zwei"));
    assertThat(edited.status()).isEqualTo(202);
    assertThat(transcript(id)).containsExactly("one", "first answer", "zwei");
    answer(edited, "zweite Antwort");
    assertThat(transcript(id)).containsExactly("one", "first answer", "zwei", "zweite Antwort");
    Answer siblings = http.get(messages);
    assertThat(siblings.text("items.2.siblings.0")).isEqualTo(said.text("messageId"));
    assertThat(siblings.text("items.2.siblings.1")).isEqualTo(edited.text("messageId"));
    assertThat(siblings.body().at("/items/2/siblingIndex").asInt()).isEqualTo(1);
    assertThat(siblings.text("items.2.parentId")).isEqualTo(siblings.text("items.1.id"));
    assertThat(texts(http.get(messages + "?branch=all"), "text"))
        .containsExactly("one", "first answer", "two", "second answer", "zwei", "zweite Antwort");

    Answer chosen =
        http.put(
            "/api/threads/" + id + "/branches/active", Map.of("messageId", said.text("messageId")));
    assertThat(chosen.status()).isEqualTo(200);
    assertThat(chosen.text("messageId")).isEqualTo(secondAnswer.toString());
    assertThat(transcript(id)).containsExactly("one", "first answer", "two", "second answer");

    Answer again = http.post(messages + "/" + secondAnswer + "/regenerate", Map.of());
    assertThat(again.status()).isEqualTo(202);
    assertThat(again.text("messageId")).isEqualTo(said.text("messageId"));
    MessageId thirdAnswer = answer(again, "third answer");
    assertThat(transcript(id)).containsExactly("one", "first answer", "two", "third answer");
    Answer answers = http.get(messages);
    assertThat(answers.text("items.3.siblings.0")).isEqualTo(secondAnswer.toString());
    assertThat(answers.text("items.3.siblings.1")).isEqualTo(thirdAnswer.toString());
    RunRequested request = wire.await(id, RunRequested.class, 4).getLast();
    assertThat(request.prompt()).isEqualTo("two");
    assertThat(request.messageId()).hasToString(said.text("messageId"));
    assertThat(request.continuation().after()).hasToString(answers.text("items.1.id"));
    assertThat(request.continuation().context()).as("a command takes its prompt alone").isNull();

    Answer branches = http.get("/api/threads/" + id + "/branches");
    assertThat(texts(branches, "preview"))
        .containsExactly("third answer", "zweite Antwort", "second answer");
    assertThat(texts(branches, "active")).containsExactly("true", "false", "false");
    Answer page = http.get("/api/threads/" + id + "/branches?limit=2");
    Answer rest =
        http.get("/api/threads/" + id + "/branches?limit=2&cursor=" + page.text("nextCursor"));
    assertThat(texts(rest, "preview")).containsExactly("second answer");
    assertThat(rest.text("nextCursor")).isNull();
    await()
        .untilAsserted(() ->
            assertThat(wire.now(id, ThreadChanged.class))
                .as("the choice is told once")
                .filteredOn(told -> told.changes().size() == 1 && tellsBranch(told))
                .hasSize(1));
    assertThat(texts(http.get("/api/audit?thread=" + id), "action"))
        .startsWith("run.dispatched", "branch.chosen", "run.dispatched");
    Answer next = http.post(messages, Map.of("text", "three"));
    answer(next, "fourth answer");
    assertThat(transcript(id))
        .containsExactly("one", "first answer", "two", "third answer", "three", "fourth answer");
  }

  @Test
  void theTranscriptOfABranchIsPagedAlongItsPathAlone() {
    Answer first = talk(Map.of());
    String id = first.text("threadId");
    String messages = "/api/threads/" + id + "/messages";
    answer(http.post(messages, Map.of("text", "left")), "left answer");
    answer(
        http.post(
            messages + "/" + http.get(messages).text("items.2.id") + "/edit",
            Map.of("text", "right")),
        "right answer");
    Answer page = http.get(messages + "?limit=3");
    assertThat(texts(page, "text")).containsExactly("one", "first answer", "right");
    Answer rest = http.get(messages + "?limit=3&cursor=" + page.text("nextCursor"));
    assertThat(texts(rest, "text")).containsExactly("right answer");
    assertThat(rest.text("nextCursor")).isNull();

    http.put(
        "/api/threads/" + id + "/branches/active",
        Map.of("messageId", http.get(messages + "?branch=all").text("items.2.id")));
    Answer begun = http.get(messages + "?limit=3&cursor=" + page.text("nextCursor"));
    assertThat(texts(begun, "text"))
        .as("of the branch that was begun")
        .isEqualTo(texts(rest, "text"));
    answer(http.post(messages, Map.of("text", "more")), "more answer");
    Answer other = http.get(messages + "?limit=5");
    answer(http.post(messages, Map.of("text", "even more")), "ok");
    Answer grown = http.get(messages + "?limit=5&cursor=" + other.text("nextCursor"));
    assertThat(texts(grown, "text")).containsExactly("more answer", "even more", "ok");
    assertCode(
        http.get(
            "/api/threads/"
                + talk(Map.of()).text("threadId")
                + "/messages?cursor="
                + other.text("nextCursor")),
        400,
        "bad_cursor");
  }

  @Test
  void theFirstMessageCanBeEditedToo() {
    Answer first = talk(Map.of());
    String id = first.text("threadId");
    String messages = "/api/threads/" + id + "/messages";
    Answer edited =
        http.post(messages + "/" + first.text("messageId") + "/edit", Map.of("text", "uno"));
    answer(edited, "answer to uno");
    assertThat(transcript(id)).containsExactly("uno", "answer to uno");
    assertThat(http.get(messages).text("items.0.parentId")).isNull();
    assertThat(http.get(messages).body().at("/items/0/siblings")).hasSize(2);
  }

  /** Line 5 of the checklist. */
  @Test
  void engineModelEffortAndModeAreSettingsOfEachTurnAndPersist() {
    Answer first = talk(Map.of("engine", "codex", "model", "m1", "effort", "high"));
    String id = first.text("threadId");
    String messages = "/api/threads/" + id + "/messages";
    Answer edited =
        http.post(
            messages + "/" + first.text("messageId") + "/edit",
            Map.of("text", "uno", "model", "m2", "mode", "plan"));
    MessageId answer = answer(edited, "ok");
    answer(http.post(messages + "/" + answer + "/regenerate", Map.of("effort", "low")), "ok 2");
    answer(http.post(messages, Map.of("text", "two")), "ok 3");
    assertThat(wire.await(id, RunRequested.class, 4).stream().map(RunRequested::engine))
        .extracting("name", "model", "mode", "effort")
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("codex", "m1", null, "high"),
            org.assertj.core.groups.Tuple.tuple("codex", "m2", "plan", "high"),
            org.assertj.core.groups.Tuple.tuple("codex", "m2", "plan", "low"),
            org.assertj.core.groups.Tuple.tuple("codex", "m2", "plan", "low"));
  }

  @Test
  void anEngineIsToldWhatWasSaidOnTheBranchThatItGoesOn() {
    Answer first = talk(Map.of("engine", "codex"));
    String id = first.text("threadId");
    String messages = "/api/threads/" + id + "/messages";
    Answer said = http.post(messages, Map.of("text", "two"));
    answer(said, "second answer");
    http.post(messages + "/" + said.text("messageId") + "/edit", Map.of("text", "zwei"));
    Continuation edit = wire.await(id, RunRequested.class, 3).getLast().continuation();
    assertThat(edit.context().messages())
        .containsExactly(
            new Continuation.Said(Role.USER, "one"),
            new Continuation.Said(Role.ASSISTANT, "first answer"));
    assertThat(wire.now(id, RunRequested.class).getFirst().continuation().context()).isNull();
  }

  @Test
  void whyARunFailedAndWhatReachedNoEngineIsNotToldAsConversation() {
    Answer first = talk(Map.of("engine", "codex"));
    String id = first.text("threadId");
    String messages = "/api/threads/" + id + "/messages";
    Answer second = http.post(messages, Map.of("text", "two"));
    http.post(messages, Map.of("text", "three"));
    publish(
        script(second)
            .queued()
            .claimed("worker-1")
            .says(new MessageId(UUID.randomUUID()), "second answer")
            .completed()
            .changes());
    RunRequested sent = wire.await(id, RunRequested.class, 3).getLast();
    publish(
        new SessionScript(ThreadId.of(id), sent.sessionId())
            .queued()
            .claimed("worker-1")
            .failed("workspace_failed", "git said no")
            .changes());
    String queue = "/api/threads/" + id + "/follow-ups";
    await().until(() -> "1".equals(http.get(queue).text("items.0.returns")));
    http.delete(queue + "/" + http.get(queue).text("items.0.id"));
    http.post(messages, Map.of("text", "four"));
    assertThat(transcript(id))
        .containsExactly(
            "one", "first answer", "two", "second answer", "three", "git said no", "four");
    Continuation next = wire.await(id, RunRequested.class, 4).getLast().continuation();
    assertThat(next.context().messages())
        .extracting(Continuation.Said::text)
        .containsExactly("one", "first answer", "two", "second answer");
  }

  @Test
  void whatCannotBeEditedOrGivenAgainIsRefusedAndNothingIsWritten() {
    Answer first = talk(Map.of());
    Answer other = talk(Map.of());
    String messages = "/api/threads/" + first.text("threadId") + "/messages/";
    String user = first.text("messageId");
    String assistant =
        http.get("/api/threads/" + first.text("threadId") + "/messages").text("items.1.id");
    String unknown = UUID.randomUUID().toString();
    Map<String, Long> rows = rows();
    assertCode(
        http.post(messages + assistant + "/edit", Map.of("text", "x")), 409, "message_not_of_user");
    assertCode(
        http.post(messages + user + "/regenerate", Map.of()), 409, "message_not_of_assistant");
    assertCode(
        http.post(messages + unknown + "/edit", Map.of("text", "x")), 404, "unknown_message");
    assertCode(http.post(messages + unknown + "/regenerate", Map.of()), 404, "unknown_message");
    assertCode(http.post(messages + "nonsense/edit", Map.of("text", "x")), 400, "invalid_message");
    assertCode(http.post(messages + user + "/edit", Map.of("text", " ")), 400, "empty_prompt");
    assertCode(
        http.post(messages + other.text("messageId") + "/edit", Map.of("text", "x")),
        409,
        "message_of_other_thread");
    String active = "/api/threads/" + first.text("threadId") + "/branches/active";
    assertCode(http.put(active, Map.of("messageId", unknown)), 404, "unknown_message");
    assertCode(http.put(active, Map.of()), 400, "invalid_message");
    assertCode(
        http.put(active, Map.of("messageId", other.text("messageId"))),
        409,
        "message_of_other_thread");
    assertCode(
        http.put("/api/threads/" + unknown + "/branches/active", Map.of("messageId", user)),
        404,
        "unknown_thread");
    assertCode(http.get("/api/threads/" + unknown + "/branches"), 404, "unknown_thread");
    assertCode(
        http.get("/api/threads/" + first.text("threadId") + "/messages?branch=some"),
        400,
        "invalid_choice");
    http.post(
        "/api/threads/" + first.text("threadId") + "/messages", Map.of("text", "keeps it busy"));
    assertCode(http.post(messages + user + "/edit", Map.of("text", "x")), 409, "thread_busy");
    assertCode(http.post(messages + assistant + "/regenerate", Map.of()), 409, "thread_busy");
    rows.merge("message", 1L, Long::sum);
    rows.merge("transition", 1L, Long::sum);
    rows.merge("thread_session", 1L, Long::sum);
    rows.merge("audit", 1L, Long::sum);
    rows.remove("unanswered_request");
    assertThat(rows()).containsAllEntriesOf(rows);
  }

  @Test
  void anEditOrARegenerationThatIsRepeatedWithItsKeyIsMadeOnce() {
    Answer first = talk(Map.of());
    String edit =
        "/api/threads/%s/messages/%s/edit"
            .formatted(first.text("threadId"), first.text("messageId"));
    String key = fresh("key");
    Answer one = http.post(edit, Map.of("text", "uno"), "Idempotency-Key", key);
    Answer two = http.post(edit, Map.of("text", "uno"), "Idempotency-Key", key);
    assertThat(two.text("messageId")).isEqualTo(one.text("messageId"));
  }

  /** Line 7 of the checklist. */
  @Test
  void aStaleRunCannotFinishOverANewerOne() {
    Answer first = http.post("/api/dispatch", Map.of("project", project(), "prompt", "one"));
    String id = first.text("threadId");
    SessionScript stale = script(first).queued().claimed("worker-1");
    finish(first, stale.failed("exit_nonzero", "no"));
    String answer = http.get("/api/threads/" + id + "/messages").text("items.1.id");
    Answer again =
        http.post("/api/threads/" + id + "/messages/" + answer + "/regenerate", Map.of());
    // A retry that others asked for, of which this thread hears while it is busy with its own.
    SessionScript other =
        new SessionScript(ThreadId.of(id), new SessionId(UUID.randomUUID()))
            .answering(MessageId.of(first.text("messageId")))
            .queued()
            .claimed("worker-2")
            .says(new MessageId(UUID.randomUUID()), "stale answer")
            .completed();
    publish(other.changes());
    publish(stale.changes());
    await().until(() -> transcriptOfAll(id).contains("stale answer"));
    assertThat(http.get("/api/threads/" + id).text("status")).isEqualTo("queued");
    assertThat(transcript(id)).containsExactly("one");
    answer(again, "newer answer");
    assertThat(transcript(id)).containsExactly("one", "newer answer");
  }

  @Test
  void aRetryOfASessionAnswersItsMessageAnew() {
    Answer first = http.post("/api/dispatch", Map.of("project", project(), "prompt", "one"));
    String id = first.text("threadId");
    finish(first, script(first).queued().claimed("worker-1").failed("exit_nonzero", "no"));
    assertThat(transcript(id)).containsExactly("one", "no");
    SessionScript retry =
        new SessionScript(ThreadId.of(id), new SessionId(UUID.randomUUID()))
            .answering(MessageId.of(first.text("messageId")))
            .queued()
            .claimed("worker-2")
            .says(new MessageId(UUID.randomUUID()), "yes")
            .completed();
    publish(retry.changes());
    await().until(() -> transcriptOfAll(id).contains("yes"));
    assertThat(transcript(id)).containsExactly("one", "yes");
  }

  /** Line 10 of the checklist, as far as what is stored goes. */
  @Test
  void aMessageIsWrittenPartByPartAndWhatARunLeavesOpenIsClosed() {
    Answer first = http.post("/api/dispatch", Map.of("project", project(), "prompt", "one"));
    String id = first.text("threadId");
    String messages = "/api/threads/" + id + "/messages";
    MessageId answer = new MessageId(UUID.randomUUID());
    MessagePart tool =
        new MessagePart.ToolCall(
            "call_1",
            "shell",
            null,
            "{\"command\":\"make\"}",
            "a\0b\\u0000",
            null,
            null,
            ToolStatus.RUNNING);
    SessionScript script =
        script(first)
            .queued()
            .claimed("worker-1")
            .started("/w", null)
            .writes(answer, "")
            .writes(answer, "let me", new MessagePart.Text("let me"), tool);
    publish(script.changes());
    await().until(() -> "streaming".equals(http.get(messages).text("items.1.status")));
    Answer open = http.get(messages);
    assertThat(open.body().at("/items/1/revision").asInt()).isEqualTo(2);
    assertThat(open.text("items.1.parts.1.type")).isEqualTo("tool");
    assertThat(open.text("items.1.parts.1.output")).isEqualTo("a\uFFFDb\\u0000");
    script.cancelled();
    publish(script.changes());
    await().until(() -> "cancelled".equals(http.get(messages).text("items.1.status")));
    Answer closed = http.get(messages);
    assertThat(closed.text("items.1.text")).isEqualTo("let me");
    assertThat(closed.text("items.1.parts.1.status")).isEqualTo("cancelled");
    assertThat(closed.body().at("/items/1/revision").asInt()).isEqualTo(3);
    publish(script.changes());
    publish(script.reportsFact(new SessionFact.MessagePartial(answer, "late", List.of())).last());
    Answer next = http.post(messages, Map.of("text", "two"));
    answer(next, "works");
    assertThat(transcript(id)).containsExactly("one", "let me", "two", "works");
  }

  @Test
  void usageIsKeptWithTheMessageThatItWasSpentOn() {
    Answer first = http.post("/api/dispatch", Map.of("project", project(), "prompt", "one"));
    String messages = "/api/threads/" + first.text("threadId") + "/messages";
    MessageId one = new MessageId(UUID.randomUUID());
    MessageId two = new MessageId(UUID.randomUUID());
    finish(
        first,
        script(first)
            .queued()
            .claimed("worker-1")
            .reportsFact(
                new SessionFact.MessageCompleted(
                    one,
                    "a",
                    MessageStatus.COMPLETED,
                    false,
                    List.of(),
                    new TokenUsage(10, 1, 5, 0.5)))
            .says(two, "b")
            .reportsFact(new SessionFact.UsageReported(new TokenUsage(17, 1, 8, null)))
            .completed());
    Answer page = http.get(messages);
    assertThat(page.body().at("/items/0/usage").isNull()).isTrue();
    assertThat(page.body().at("/items/1/usage/inputTokens").asInt()).isEqualTo(10);
    assertThat(page.body().at("/items/1/revision").asInt()).isEqualTo(1);
    assertThat(page.body().at("/items/2/usage/outputTokens").asInt()).isEqualTo(3);
    assertThat(page.body().at("/items/2/revision").asInt()).isEqualTo(2);
    assertThat(page.text("items.2.parts.0.text")).isEqualTo("b");
  }

  @Test
  void aForkHasTheBranchUpToAMessageAndSharesNothingWithIt() {
    Answer first = talk(Map.of("engine", "codex", "model", "m1"));
    String id = first.text("threadId");
    String messages = "/api/threads/" + id + "/messages";
    Answer left = http.post(messages, Map.of("text", "left"));
    answer(left, "left answer");
    Answer right =
        http.post(messages + "/" + left.text("messageId") + "/edit", Map.of("text", "right"));
    answer(right, "right answer");
    String fork = "/api/threads/" + id + "/fork";
    String key = fresh("key");
    Map<String, String> wanted = Map.of("messageId", left.text("messageId"), "title", "Mine");
    Answer made = http.post(fork, wanted, "Idempotency-Key", key);
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.text("id")).isNotEqualTo(id);
    assertThat(made.text("title")).isEqualTo("Mine");
    assertThat(made.text("model")).isEqualTo("m1");
    assertThat(made.text("status")).isEqualTo("idle");
    assertThat(http.post(fork, wanted, "Idempotency-Key", key).text("id"))
        .isEqualTo(made.text("id"));
    assertThat(transcriptOfAll(made.text("id"))).containsExactly("one", "first answer", "left");
    ThreadChanged told = wire.await(made.text("id"), ThreadChanged.class, 1).getFirst();
    assertThat(told.changes())
        .hasExactlyElementsOfTypes(
            ThreadChange.Created.class,
            ThreadChange.Settings.class,
            ThreadChange.Run.class,
            ThreadChange.Branch.class);
    assertThat(texts(http.get("/api/audit?thread=" + made.text("id")), "action"))
        .containsExactly("thread.forked");
    assertThat(transcript(made.text("id"))).containsExactly("one", "first answer", "left");
    answer(http.post("/api/threads/" + made.text("id") + "/messages", Map.of("text", "on")), "yes");
    assertThat(transcript(id)).containsExactly("one", "first answer", "right", "right answer");
    assertThat(transcript(made.text("id")))
        .containsExactly("one", "first answer", "left", "on", "yes");
    assertThat(http.delete("/api/threads/" + id).status()).isEqualTo(204);
    assertThat(transcript(made.text("id"))).hasSize(5);

    String other = "/api/threads/" + made.text("id") + "/fork";
    assertCode(
        http.post(other, Map.of("messageId", talk(Map.of()).text("messageId"))),
        409,
        "message_of_other_thread");
    assertCode(
        http.post(other, Map.of("messageId", UUID.randomUUID().toString())),
        404,
        "unknown_message");
    assertCode(http.post(other, Map.of()), 400, "invalid_message");
    assertCode(http.post(fork, wanted), 404, "unknown_thread");
  }

  private static boolean tellsBranch(ThreadChanged changed) {
    return changed.changes().stream().anyMatch(ThreadChange.Branch.class::isInstance);
  }

  private List<String> transcriptOfAll(String thread) {
    return texts(http.get("/api/threads/" + thread + "/messages?branch=all"), "text");
  }

  private static void assertCode(Answer answer, int status, String code) {
    assertThat(answer.code()).isEqualTo(code);
    assertThat(answer.status()).isEqualTo(status);
  }
}
