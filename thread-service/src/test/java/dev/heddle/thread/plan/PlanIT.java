package dev.heddle.thread.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.Plan;
import dev.heddle.contracts.PlanTaskStatus;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadChanged;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import dev.heddle.thread.run.SessionScript;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PlanIT extends ThreadServiceSetting {

  private static final Plan ENGINES =
      new Plan(
          "# Mend\0 it",
          List.of(
              new Plan.Task("find", PlanTaskStatus.COMPLETED),
              new Plan.Task("mend", PlanTaskStatus.IN_PROGRESS)),
          List.of("Which one?"));

  @Test
  void aPlanIsChangedByPeopleAndByEnginesAndBothAreRecorded() {
    Answer dispatched =
        http.post("/api/dispatch", Map.of("project", project(), "prompt", "x", "engine", "codex"));
    String id = dispatched.text("threadId");
    String plan = "/api/threads/" + id + "/plan";
    String threadEtag = http.get("/api/threads/" + id).header("ETag").orElseThrow();
    Answer none = http.get(plan);
    assertThat(none.header("ETag")).contains("\"0\"");
    assertThat(none.body().get("tasks")).isEmpty();

    Answer mine =
        http.put(
            plan,
            Map.of("tasks", List.of(Map.of("text", "a"), Map.of("text", "b", "status", "blocked"))),
            "If-Match",
            "\"0\"");
    assertThat(mine.status()).isEqualTo(200);
    assertThat(mine.header("ETag")).contains("\"1\"");
    assertThat(mine.text("tasks.0.status")).isEqualTo("pending");
    assertThat(mine.text("changedBy")).isEqualTo("ada");
    assertThat(mine.text("sessionId")).isNull();
    SessionScript script =
        new SessionScript(ThreadId.of(id), SessionId.of(dispatched.text("sessionId")))
            .running("codex")
            .queued()
            .claimed("w")
            .reportsFact(new SessionFact.PlanUpdated(ENGINES));
    publish(script.changes());
    publish(script.changes());
    await().until(() -> "2".equals(http.get(plan).text("version")));
    Answer engines = http.get(plan);
    assertThat(engines.text("document")).isEqualTo("# Mend\uFFFD it");
    assertThat(engines.text("tasks.1.status")).isEqualTo("in_progress");
    assertThat(engines.text("questions.0")).isEqualTo("Which one?");
    assertThat(engines.text("changedBy")).isEqualTo("codex");
    assertThat(engines.text("sessionId")).isEqualTo(dispatched.text("sessionId"));

    Answer stale = http.put(plan, Map.of("document", "late"), "If-Match", "\"1\"");
    assertThat(stale.status()).isEqualTo(412);
    assertThat(stale.code()).isEqualTo("stale_version");
    assertThat(stale.text("current.version")).isEqualTo("2");
    Answer last = http.put(plan, Map.of("document", "mine again"), "If-Match", "\"2\"");
    assertThat(last.text("version")).isEqualTo("3");
    assertThat(http.put(plan, Map.of("document", "mine again")).text("version")).isEqualTo("3");
    List<ThreadChange.Plan> told =
        wire.await(id, ThreadChanged.class, 4).stream()
            .flatMap(changed -> changed.changes().stream())
            .filter(ThreadChange.Plan.class::isInstance)
            .map(ThreadChange.Plan.class::cast)
            .toList();
    assertThat(told)
        .as("each revision is told once")
        .containsExactly(
            new ThreadChange.Plan(1, 2, 0),
            new ThreadChange.Plan(2, 2, 1),
            new ThreadChange.Plan(3, 0, 0));
    assertThat(http.get("/api/audit?thread=" + id).body().toString()).contains("\"plan.changed\"");
    Answer revisions = http.get(plan + "/revisions?limit=2");
    assertThat(revisions.text("items.0.changedBy")).isEqualTo("ada");
    assertThat(revisions.text("items.1.changedBy")).isEqualTo("codex");
    Answer rest = http.get(plan + "/revisions?limit=2&cursor=" + revisions.text("nextCursor"));
    assertThat(rest.text("items.0.tasks.1.text")).isEqualTo("b");
    assertThat(rest.text("nextCursor")).isNull();
    assertThat(http.get("/api/threads/" + id).header("ETag"))
        .as("a plan is no change of the thread's stable part")
        .contains(threadEtag);
  }

  @Test
  void aPatchChangesWhatItNamesUnderTheSameEtag() {
    String id = http.post("/api/threads", Map.of("project", project())).text("id");
    String plan = "/api/threads/" + id + "/plan";
    Answer first =
        http.patch(
            plan, "{\"document\":\"# Mend\",\"tasks\":[{\"text\":\"a\"}]}", "If-Match", "\"0\"");
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.header("ETag")).contains("\"1\"");
    Answer second =
        http.patch(plan, "{\"document\":null,\"questions\":[\"why?\"]}", "If-Match", "\"1\"");
    assertThat(second.text("document")).isNull();
    assertThat(second.text("tasks.0.text")).isEqualTo("a");
    assertThat(second.text("tasks.0.status")).isEqualTo("pending");
    assertThat(second.text("questions.0")).isEqualTo("why?");
    assertThat(second.text("version")).isEqualTo("2");
    assertThat(http.patch(plan, "{}").text("version")).as("no change").isEqualTo("2");
    assertThat(http.patch(plan, "{\"tasks\":null}", "If-Match", "\"1\"").code())
        .isEqualTo("stale_version");
    assertThat(http.patch(plan, "{\"taks\":null}").code()).isEqualTo("validation_failed");
    assertThat(http.patch(plan, "{\"tasks\":[{\"text\":\" \"}]}").code()).isEqualTo("invalid_plan");
    assertThat(
            http.patch(plan, "{\"document\":\"" + "x".repeat(PlanRequest.MAX_BYTES) + "\"}").code())
        .as("with the rest that stays")
        .isEqualTo("plan_too_large");
    assertThat(http.get(plan).text("version")).isEqualTo("2");
    assertThat(http.patch("/api/threads/" + UUID.randomUUID() + "/plan", "{}").code())
        .isEqualTo("unknown_thread");
  }

  @Test
  void aPlanThatCannotBeIsRefusedAndNothingIsKept() {
    String id = http.post("/api/threads", Map.of("project", project())).text("id");
    String plan = "/api/threads/" + id + "/plan";
    assertThat(http.put(plan, Map.of("tasks", List.of(Map.of()))).code()).isEqualTo("invalid_plan");
    assertThat(
            http.put(plan, Map.of("tasks", List.of(Map.of("text", "a", "status", "maybe")))).code())
        .isEqualTo("invalid_plan");
    assertThat(http.put(plan, Map.of("tasks", Collections.singletonList(null))).code())
        .isEqualTo("invalid_plan");
    assertThat(http.put(plan, Map.of("questions", List.of(" "))).code()).isEqualTo("invalid_plan");
    assertThat(http.put(plan, Map.of("document", "a\0")).code()).isEqualTo("invalid_text");
    Answer large =
        http.put(
            plan, Map.of("document", "x".repeat(PlanRequest.MAX_BYTES), "questions", List.of("y")));
    assertThat(large.status()).isEqualTo(413);
    assertThat(large.code()).isEqualTo("plan_too_large");
    assertThat(
            http.put(
                    plan,
                    Map.of("questions", Collections.nCopies(PlanRequest.MAX_QUESTIONS + 1, "y")))
                .code())
        .isEqualTo("plan_too_large");
    String unknown = "/api/threads/" + UUID.randomUUID() + "/plan";
    assertThat(http.get(unknown).code()).isEqualTo("unknown_thread");
    assertThat(http.put(unknown, Map.of()).code()).isEqualTo("unknown_thread");
    assertThat(http.get(unknown + "/revisions").code()).isEqualTo("unknown_thread");
    assertThat(http.get(plan).text("version")).isEqualTo("0");
  }
}
