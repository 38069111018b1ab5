package dev.heddle.thread.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.ApprovalOption;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.SessionFact.ApprovalRequested;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.ThreadChanged;
import dev.heddle.contracts.ThreadId;
import dev.heddle.testkit.TestIdentity;
import dev.heddle.thread.Http;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import dev.heddle.thread.feed.LiveCopy;
import dev.heddle.thread.run.SessionScript;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What engines may do without asking, and who says so. Checklist 12. */
class PermissionIT extends ThreadServiceSetting {

  private static final Duration LONG = Duration.ofSeconds(30);

  private String dispatch(Map<String, String> request) {
    return http.post("/api/dispatch", request).text("threadId");
  }

  /** The nth run of a thread, from 1. */
  private RunRequested run(String thread, int count) {
    return wire.await(thread, RunRequested.class, count).get(count - 1);
  }

  private @Nullable PermissionPosture permissionOf(String thread, int count) {
    return run(thread, count).engine().permission();
  }

  private SessionScript script(RunRequested run) {
    return new SessionScript(run.threadId(), run.sessionId())
        .answering(run.messageId())
        .ofProject(run.project().id())
        .queued()
        .claimed("worker-1")
        .started("/w", null);
  }

  private void complete(RunRequested run) {
    publish(script(run).completed().changes());
    await()
        .atMost(LONG)
        .until(() -> "idle".equals(http.get("/api/threads/" + run.threadId()).text("status")));
  }

  private void say(String thread, Map<String, String> more) {
    Map<String, String> body = new HashMap<>(more);
    body.put("text", "go on");
    assertThat(http.post("/api/threads/" + thread + "/messages", body).status()).isEqualTo(202);
  }

  private List<String> audited(String query) {
    List<String> told = new ArrayList<>();
    for (JsonNode item : http.get("/api/audit?" + query).body().path("items")) {
      if (item.path("action").asString().equals("permission.changed")) {
        told.add(item.path("by").asString() + " " + item.path("fields").path(0).asString());
      }
    }
    return told;
  }

  private static ApprovalRequested ask() {
    return new ApprovalRequested(
        new ApprovalId(UUID.randomUUID()),
        ApprovalKind.APPROVAL,
        "Bash",
        "Run it",
        "make",
        false,
        List.of(new ApprovalOption("y", "Yes", ApprovalOption.Kind.ALLOW_ONCE)),
        false,
        null);
  }

  @Test
  void theWordOfAThreadGoesBeforeThatOfItsProjectAndWithoutEitherItAsks() {
    String project = project();
    String thread = dispatch(Map.of("project", project, "prompt", "work"));
    assertThat(permissionOf(thread, 1)).isEqualTo(PermissionPosture.ASK);
    complete(run(thread, 1));

    http.patch("/api/projects/" + project, "{\"permission\":\"edit\"}");
    assertThat(http.get("/api/projects/" + project).text("permission")).isEqualTo("edit");
    say(thread, Map.of());
    assertThat(permissionOf(thread, 2)).isEqualTo(PermissionPosture.EDIT);
    assertThat(http.get("/api/threads/" + thread).text("permission")).isNull();
    complete(run(thread, 2));

    http.patch("/api/threads/" + thread, "{\"permission\":\"plan\"}");
    say(thread, Map.of());
    assertThat(permissionOf(thread, 3)).isEqualTo(PermissionPosture.PLAN);
    complete(run(thread, 3));

    http.patch("/api/threads/" + thread, "{\"permission\":null}");
    http.patch("/api/projects/" + project, "{\"permission\":null}");
    say(thread, Map.of());
    assertThat(permissionOf(thread, 4)).isEqualTo(PermissionPosture.ASK);
  }

  @Test
  void aPersonsWordHoldsForTheirOwnRunsWhereNeitherThreadNorProjectHasOne() {
    String name = fresh("hedy");
    Http hedy = as(TestIdentity.bearer(name));
    String project = project();
    assertThat(hedy.get("/api/settings").text("permission")).isNull();
    Answer set = hedy.put("/api/settings", Map.of("permission", "full"));
    assertThat(set.status()).isEqualTo(200);
    assertThat(hedy.get("/api/settings").text("permission")).isEqualTo("full");
    String hers =
        hedy.post("/api/dispatch", Map.of("project", project, "prompt", "work")).text("threadId");
    assertThat(permissionOf(hers, 1)).isEqualTo(PermissionPosture.FULL);
    assertThat(http.get("/api/threads/" + hers).text("permission")).as("not the thread's").isNull();
    String another = dispatch(Map.of("project", project, "prompt", "work"));
    assertThat(permissionOf(another, 1)).isEqualTo(PermissionPosture.ASK);
    http.patch("/api/projects/" + project, "{\"permission\":\"plan\"}");
    String ruled =
        hedy.post("/api/dispatch", Map.of("project", project, "prompt", "work")).text("threadId");
    assertThat(permissionOf(ruled, 1)).isEqualTo(PermissionPosture.PLAN);

    hedy.put("/api/settings", Map.of());
    assertThat(hedy.get("/api/settings").text("permission")).isNull();
    assertThat(hedy.put("/api/settings", Map.of("permission", "all")).code())
        .isEqualTo("invalid_permission");
    assertThat(audited("by=" + name)).containsExactly(name + " default", name + " full");
  }

  @Test
  void aTurnSetsItForThoseAfterItAndTheAuditSaysWho() {
    String project = project();
    String thread = dispatch(Map.of("project", project, "prompt", "work"));
    complete(run(thread, 1));
    Answer said =
        as(TestIdentity.bearer("grace"))
            .post(
                "/api/threads/" + thread + "/messages",
                Map.of("text", "go on", "permission", "full"));
    assertThat(said.status()).isEqualTo(202);
    assertThat(permissionOf(thread, 2)).isEqualTo(PermissionPosture.FULL);
    Answer shown = http.get("/api/threads/" + thread);
    assertThat(shown.text("permission")).isEqualTo("full");
    int version = Integer.parseInt(shown.text("feedVersion"));
    LiveCopy.of(wire.await(thread, ThreadChanged.class, version)).mustBe(shown);
    complete(run(thread, 2));
    say(thread, Map.of("engine", "codex"));
    assertThat(permissionOf(thread, 3)).as("of another engine").isEqualTo(PermissionPosture.FULL);
    complete(run(thread, 3));
    say(thread, Map.of("permission", "ask"));
    assertThat(permissionOf(thread, 4)).isEqualTo(PermissionPosture.ASK);

    assertThat(audited("thread=" + thread)).containsExactly("ada ask", "grace full");
  }

  @Test
  void aFollowUpSetsItWhenItIsSentInTheNameOfWhoSaidIt() {
    String thread = dispatch(Map.of("project", project(), "prompt", "work"));
    String followUps = "/api/threads/" + thread + "/follow-ups";
    as(TestIdentity.bearer("grace")).post(followUps, Map.of("text", "two", "permission", "full"));
    assertThat(http.get(followUps).text("items.0.permission")).isEqualTo("full");
    assertThat(http.get("/api/threads/" + thread).text("permission")).isNull();
    publish(script(run(thread, 1)).completed().changes());
    assertThat(permissionOf(thread, 2)).isEqualTo(PermissionPosture.FULL);
    assertThat(audited("thread=" + thread)).containsExactly("grace full");
  }

  @Test
  void whoeverNamesItForANewThreadOrAProjectIsNoted() {
    String name = fresh("project");
    http.post("/api/projects", Map.of("name", name, "permission", "full"));
    String project = http.get("/api/projects/" + name).text("id");
    http.patch("/api/projects/" + name, "{\"permission\":\"edit\"}");
    String empty =
        http.post("/api/threads", Map.of("project", name, "permission", "plan")).text("id");
    String dispatched = dispatch(Map.of("project", name, "prompt", "work", "permission", "full"));
    assertThat(permissionOf(dispatched, 1)).isEqualTo(PermissionPosture.FULL);
    assertThat(http.get("/api/threads/" + empty).text("permission")).isEqualTo("plan");
    assertThat(audited("project=" + project))
        .containsExactly("ada full", "ada plan", "ada edit", "ada full");
  }

  @Test
  void noStoredRuleAnswersAnEngineThatMayDoEverythingNorItsRetry() {
    String ruled = dispatch(Map.of("project", project(), "prompt", "work"));
    String full = dispatch(Map.of("project", project(), "prompt", "work", "permission", "full"));
    for (String thread : List.of(ruled, full)) {
      Answer rule =
          http.post(
              "/api/rules",
              Map.of(
                  "scope",
                  "thread",
                  "thread",
                  thread,
                  "tool",
                  "Bash",
                  "pattern",
                  "*",
                  "decision",
                  "allow"));
      assertThat(rule.status()).as("%s", rule.body()).isEqualTo(201);
    }
    // What the thread is set to since is of the next turn.
    http.patch("/api/threads/" + full, "{\"permission\":\"ask\"}");
    ApprovalRequested byRule = ask();
    ApprovalRequested byPerson = ask();
    publish(script(run(ruled, 1)).asks(byRule).changes());
    SessionScript first = script(run(full, 1)).asks(byPerson);
    publish(first.changes());
    awaitState(byRule, "allowed");
    awaitState(byPerson, "pending");

    publish(first.failed("broken", "it broke").last());
    await()
        .atMost(LONG)
        .until(() -> "idle".equals(http.get("/api/threads/" + full).text("status")));
    ApprovalRequested again = ask();
    publish(
        new SessionScript(ThreadId.of(full), new SessionId(UUID.randomUUID()))
            .repeating(first.last().sessionId())
            .answering(run(full, 1).messageId())
            .queued()
            .claimed("worker-1")
            .started("/w", null)
            .asks(again)
            .changes());
    awaitState(again, "pending");
  }

  @Test
  void noStoredRuleAnswersASessionWithoutAThreadThatMayDoEverything() {
    ProjectId project = ProjectId.of(http.get("/api/projects/" + project()).text("id"));
    Answer rule =
        http.post(
            "/api/rules",
            Map.of(
                "scope", "project",
                "project", project.toString(),
                "tool", "Bash",
                "decision", "allow"));
    assertThat(rule.status()).as("%s", rule.body()).isEqualTo(201);
    ApprovalRequested byRule = ask();
    ApprovalRequested byPerson = ask();
    publish(threadless(project, PermissionPosture.EDIT).asks(byRule).changes());
    publish(threadless(project, PermissionPosture.FULL).asks(byPerson).changes());
    awaitState(byRule, "allowed");
    awaitState(byPerson, "pending");
  }

  private static SessionScript threadless(ProjectId project, PermissionPosture posture) {
    return new SessionScript(null, new SessionId(UUID.randomUUID()))
        .ofProject(project)
        .permitted(posture)
        .queued()
        .claimed("worker-1")
        .started("/w", null);
  }

  private void awaitState(ApprovalRequested ask, String state) {
    await(state)
        .atMost(LONG)
        .until(() -> state.equals(http.get("/api/approvals/" + ask.approvalId()).text("state")));
  }

  @Test
  void aCopyOfAThreadMayNotDoEverythingBecauseTheOriginalMay() {
    String thread = dispatch(Map.of("project", project(), "prompt", "work", "permission", "full"));
    complete(run(thread, 1));
    String message = http.get("/api/threads/" + thread).text("activeMessageId");
    Answer copy = http.post("/api/threads/" + thread + "/fork", Map.of("messageId", message));
    assertThat(copy.status()).as("%s", copy.body()).isEqualTo(201);
    assertThat(copy.text("permission")).isNull();
  }

  @Test
  void whatIsNoPermissionIsRefused() {
    String project = project();
    String thread = dispatch(Map.of("project", project, "prompt", "work"));
    Map<String, String> wrong = Map.of("text", "go on", "permission", "FULL");
    for (Answer refused :
        List.of(
            http.post("/api/threads/" + thread + "/messages", wrong),
            http.post("/api/threads/" + thread + "/follow-ups", wrong),
            http.patch("/api/threads/" + thread, "{\"permission\":\"root\"}"),
            http.patch("/api/projects/" + project, "{\"permission\":\"\"}"),
            http.post("/api/threads", Map.of("project", project, "permission", "no")))) {
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.code()).isEqualTo("invalid_permission");
      assertThat(refused.text("detail")).contains("plan, ask, edit, full");
    }
    assertThat(audited("thread=" + thread)).isEmpty();
  }
}
