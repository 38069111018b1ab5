package dev.heddle.thread.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.Outcome;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import dev.heddle.thread.run.SessionScript;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EngineIT extends ThreadServiceSetting {

  private static final EngineState.Codex CODEX =
      new EngineState.Codex(
          "t-1",
          null,
          EngineState.ApprovalPolicy.ON_REQUEST,
          EngineState.Sandbox.WORKSPACE_WRITE,
          "high",
          "gpt-5.5",
          "openai",
          "/srv/t\0",
          "0.169.0");
  private static final EngineState.Claude CLAUDE =
      new EngineState.Claude(
          "s-1", EngineState.PermissionMode.ACCEPT_EDITS, "opus", null, "/srv/t", "2.1.330");

  @Test
  void eachEngineIsKeptWhenAThreadChangesItAndComesBack() {
    Answer first =
        http.post(
            "/api/dispatch", Map.of("project", project(), "prompt", "one", "engine", "codex"));
    String id = first.text("threadId");
    String messages = "/api/threads/" + id + "/messages";
    finish(script(first, "codex").queued().claimed("w").reportsFact(state(CODEX)).completed());
    Answer second = http.post(messages, Map.of("text", "two", "engine", "claude"));
    finish(script(second, "claude").queued().claimed("w").reportsFact(state(CLAUDE)).completed());
    assertThat(http.get("/api/threads/" + id).text("engineState.permissionMode"))
        .isEqualTo("acceptEdits");
    http.post(messages, Map.of("text", "three", "engine", "codex"));

    List<RunRequested> asked = wire.await(id, RunRequested.class, 3);
    assertThat(asked.get(0).continuation().engineState()).isNull();
    assertThat(asked.get(1).continuation().engineState()).as("new to it").isNull();
    assertThat(asked.get(2).continuation().engineState())
        .as("it has not heard what was said since")
        .isNull();
    assertThat(asked.get(2).continuation().context().messages())
        .extracting(Continuation.Said::text)
        .containsExactly("one", "two");
    Answer engines = http.get("/api/threads/" + id + "/engines");
    assertThat(engines.text("0.engine")).isEqualTo("claude");
    assertThat(engines.text("0.active")).isEqualTo("false");
    assertThat(engines.text("1.state.type")).isEqualTo("codex");
    assertThat(engines.text("1.active")).isEqualTo("true");
    assertThat(engines.text("1.version")).isEqualTo("1");
    assertThat(engines.text("1.state.workingDirectory")).isEqualTo("/srv/t\uFFFD");
  }

  /** Lines 6, 14 and 15 of the checklist. */
  @Test
  void anEngineGoesOnOnlyWhereItStands() {
    Answer first =
        http.post(
            "/api/dispatch", Map.of("project", project(), "prompt", "one", "engine", "codex"));
    String id = first.text("threadId");
    String messages = "/api/threads/" + id + "/messages";
    finish(
        script(first, "codex")
            .queued()
            .claimed("w")
            .started("/w", null)
            .reportsFact(state(CODEX))
            .says(message(), "one answer")
            .completed());

    Answer second = http.post(messages, Map.of("text", "two"));
    assertThat(resumed(id, 2)).as("behind what it said itself").isEqualTo("t-1");
    MessageId answer = message();
    finish(
        script(second, "codex")
            .queued()
            .claimed("w")
            .started("/w", null)
            .says(answer, "two answer")
            .completed());

    Answer third = http.post(messages, Map.of("text", "three", "mode", "plan"));
    assertThat(resumed(id, 3)).as("another mode").isNull();
    finish(script(third, "codex").queued().claimed("w").says(message(), "planned").completed());
    http.patch("/api/threads/" + id, "{\"mode\": null}");

    Answer edited =
        http.post(messages + "/" + second.text("messageId") + "/edit", Map.of("text", "zwei"));
    assertThat(resumed(id, 4)).as("an edit").isNull();
    finish(script(edited, "codex").queued().claimed("w").completed());

    http.put("/api/threads/" + id + "/branches/active", Map.of("messageId", answer.toString()));
    Answer again = http.post(messages + "/" + answer + "/regenerate", Map.of());
    assertThat(resumed(id, 5)).as("another answer").isNull();
    finish(script(again, "codex").queued().claimed("w").failed("workspace_failed", "no"));

    String turn = http.get(messages + "?branch=all").text("items.4.id");
    assertThat(http.get(messages + "?branch=all").text("items.4.text")).isEqualTo("three");
    http.post(messages + "/" + turn + "/edit", Map.of("text", "drei"));
    assertThat(resumed(id, 6)).as("where it went on without telling its state").isEqualTo("t-1");
  }

  @Test
  void aStateThatIsTooLargeIsDroppedAndTheOneBeforeIsNotResumed() {
    Answer first =
        http.post(
            "/api/dispatch", Map.of("project", project(), "prompt", "one", "engine", "codex"));
    String id = first.text("threadId");
    EngineState large =
        new EngineState.Codex(
            "t-2",
            null,
            CODEX.approvalPolicy(),
            CODEX.sandbox(),
            null,
            null,
            null,
            "/" + "d".repeat(EngineStates.MAX_BYTES),
            null);
    finish(
        script(first, "codex")
            .queued()
            .claimed("w")
            .reportsFact(state(CODEX))
            .reportsFact(state(large))
            .completed());
    assertThat(http.get("/api/threads/" + id + "/engines").text("0.state.threadId"))
        .isEqualTo("t-1");
    http.post("/api/threads/" + id + "/messages", Map.of("text", "two"));
    assertThat(resumed(id, 2)).isNull();
  }

  /** The state that the latest request is to go on with. */
  private String resumed(String thread, int requests) {
    EngineState state =
        wire.await(thread, RunRequested.class, requests).getLast().continuation().engineState();
    return state == null ? null : ((EngineState.Codex) state).threadId();
  }

  private static MessageId message() {
    return new MessageId(UUID.randomUUID());
  }

  @Test
  void aCommandKeepsItsArgumentsAndItsExitCode() {
    Answer first =
        http.post(
            "/api/dispatch",
            Map.of("project", project(), "prompt", "one", "command", List.of("sh", "-s")));
    String id = first.text("threadId");
    String engines = "/api/threads/" + id + "/engines";
    assertThat(http.get(engines).text("0.state.arguments.1")).isEqualTo("-s");
    assertThat(http.get(engines).text("0.state.exitCode")).isNull();
    SessionScript script =
        script(first, "command")
            .queued()
            .claimed("w")
            .reportsFact(
                state(new EngineState.Command(List.of("sh", "-s"), List.of("HEDDLE_RUN"), null)))
            .reportsFact(new SessionFact.AttemptEnded(Outcome.COMPLETED, 0, null))
            .completed();
    finish(script);
    publish(script.changes());
    Answer ended = http.get(engines);
    assertThat(ended.text("0.state.exitCode")).isEqualTo("0");
    assertThat(ended.text("0.state.environment.0")).isEqualTo("HEDDLE_RUN");
    assertThat(ended.text("0.version")).isEqualTo("3");
    http.post("/api/threads/" + id + "/messages", Map.of("text", "two", "command", List.of("zsh")));
    Answer next = http.get(engines);
    assertThat(next.text("0.state.arguments.0")).isEqualTo("zsh");
    assertThat(next.text("0.state.environment.0")).as("still known").isEqualTo("HEDDLE_RUN");
    assertThat(next.text("0.version")).isEqualTo("4");
  }

  @Test
  void aStaleRunAndAStateOfTheFutureChangeNothing() {
    Answer first =
        http.post(
            "/api/dispatch", Map.of("project", project(), "prompt", "one", "engine", "codex"));
    String id = first.text("threadId");
    SessionScript stranger =
        new SessionScript(ThreadId.of(id), new SessionId(UUID.randomUUID()))
            .running("codex")
            .queued()
            .claimed("w")
            .reportsFact(state(CODEX))
            .says(new MessageId(UUID.randomUUID()), "stale")
            .completed();
    publish(stranger.changes());
    SessionScript own =
        script(first, "codex").queued().claimed("w").reportsFact(state(null)).completed();
    finish(own);
    await().until(() -> http.get("/api/threads/" + id).body().get("messageCount").asInt() == 2);
    assertThat(http.get("/api/threads/" + id + "/engines").body()).isEmpty();
    assertThat(http.get("/api/threads/" + UUID.randomUUID() + "/engines").code())
        .isEqualTo("unknown_thread");
  }

  private void finish(SessionScript script) {
    publish(script.changes());
    String thread = script.last().threadId().toString();
    await().until(() -> "idle".equals(http.get("/api/threads/" + thread).text("status")));
  }

  private static SessionFact state(EngineState state) {
    return new SessionFact.EngineStateReported(state);
  }

  private static SessionScript script(Answer dispatched, String engine) {
    return new SessionScript(
            ThreadId.of(dispatched.text("threadId")), SessionId.of(dispatched.text("sessionId")))
        .running(engine);
  }
}
