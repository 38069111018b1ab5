package dev.heddle.thread.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.testkit.TestIdentity;
import dev.heddle.thread.Http;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import dev.heddle.thread.run.SessionScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class AuditIT extends ThreadServiceSetting {

  @Test
  void whoeverTakesAThreadOutIsNoted() {
    Answer dispatched =
        http.post("/api/dispatch", Map.of("project", project(), "prompt", "the secret plan"));
    String id = dispatched.text("threadId");
    Http grace = as(TestIdentity.bearer("grace"));
    assertThat(grace.get("/api/threads/" + id + "/export").status()).isEqualTo(200);
    assertThat(http.getText("/api/threads/" + id + "/export?format=markdown")).startsWith("# ");
    assertThat(http.get("/api/threads/" + UUID.randomUUID() + "/export").status()).isEqualTo(404);
    assertThat(http.get("/api/threads/" + id + "/export?format=pdf").status()).isEqualTo(400);

    Answer audit = http.get("/api/audit?thread=" + id);
    assertThat(told(audit))
        .startsWith("ada thread.exported", "grace thread.exported", "ada run.dispatched");
    assertThat(audit.text("items.0.fields.0")).isEqualTo("markdown");
    assertThat(audit.text("items.1.fields.0")).isEqualTo("json");
  }

  @Test
  void whoDidWhatToAThreadStaysWhenItIsGone() {
    String project = project();
    Http grace = as(TestIdentity.bearer("grace"));
    Answer dispatched =
        http.post("/api/dispatch", Map.of("project", project, "prompt", "the secret plan"));
    String id = dispatched.text("threadId");
    grace.patch("/api/threads/" + id, "{\"title\":\"No secret\",\"pinned\":true}");
    grace.patch("/api/threads/" + id, "{\"archived\":true}");
    publish(
        new SessionScript(ThreadId.of(id), SessionId.of(dispatched.text("sessionId")))
            .queued()
            .cancelled()
            .changes());
    await().until(() -> "idle".equals(http.get("/api/threads/" + id).text("status")));
    http.patch("/api/threads/" + id, "{\"archived\":false}");
    http.patch("/api/threads/" + id, "{\"archived\":false}");
    http.delete("/api/threads/" + id);
    http.delete("/api/threads/" + id);

    Answer audit = http.get("/api/audit?thread=" + id);
    assertThat(told(audit))
        .containsExactly(
            "ada thread.deleted",
            "ada thread.unarchived",
            "grace run.cancelled",
            "grace thread.archived",
            "grace run.stopped",
            "grace thread.changed",
            "ada run.dispatched",
            "ada thread.created");
    assertThat(audit.text("items.5.fields.0")).isEqualTo("pinned");
    assertThat(audit.text("items.5.fields.1")).isEqualTo("title");
    assertThat(audit.text("items.6.sessionId")).isEqualTo(dispatched.text("sessionId"));
    assertThat(audit.body().toString()).doesNotContain("secret");
    assertThat(told(http.get("/api/audit?by=grace&thread=" + id))).hasSize(4);
    String projectId = http.get("/api/projects/" + project).text("id");
    assertThat(told(http.get("/api/audit?project=" + projectId)))
        .hasSize(9)
        .endsWith("ada project.created");
  }

  @Test
  void whoSteeredAndQueuedIsNotedBesideWhoseMessageTheAgentWasGiven() {
    Http grace = as(TestIdentity.bearer("grace"));
    Answer dispatched = http.post("/api/dispatch", Map.of("project", project(), "prompt", "work"));
    String id = dispatched.text("threadId");
    SessionScript script =
        new SessionScript(ThreadId.of(id), SessionId.of(dispatched.text("sessionId")))
            .queued()
            .claimed("worker-1")
            .startedTakingInput();
    publish(script.changes());
    await().until(() -> "running".equals(http.get("/api/threads/" + id).text("status")));
    String followUps = "/api/threads/" + id + "/follow-ups";
    grace.post("/api/threads/" + id + "/messages", Map.of("text", "also this", "ifBusy", "steer"));
    grace.post("/api/threads/" + id + "/messages", Map.of("text", "later", "ifBusy", "queue"));
    String two = grace.post(followUps, Map.of("text", "never")).text("id");
    http.patch(followUps + "/" + two, "{\"text\":\"ever\"}", "If-Match", "\"1\"");
    http.delete(followUps + "/" + two, "If-Match", "\"1\"");
    http.delete(followUps + "/" + two, "If-Match", "\"2\"");
    publish(script.failed("gone", "no disk").last());
    await().until(() -> "idle".equals(http.get("/api/threads/" + id).text("status")));
    http.postText(followUps + "/resume", "");
    assertThat(told(http.get("/api/audit?thread=" + id)))
        .containsExactly(
            "grace run.dispatched",
            "ada follow.up.sent",
            "ada follow.up.removed",
            "ada follow.up.changed",
            "grace follow.up.queued",
            "grace follow.up.queued",
            "grace run.steered",
            "ada run.dispatched",
            "ada thread.created");
  }

  @Test
  void rulesAreNotedOnceWhereTheyHold() {
    String project = project();
    String thread = http.post("/api/threads", Map.of("project", project)).text("id");
    Map<String, String> ofThread =
        Map.of("scope", "thread", "thread", thread, "tool", "Bash", "decision", "allow");
    String rule = http.post("/api/rules", ofThread).text("id");
    http.post("/api/rules", ofThread);
    http.post(
        "/api/rules",
        Map.of("scope", "project", "project", project, "tool", "Bash", "decision", "deny"));
    assertThat(http.delete("/api/rules/" + rule).status()).isEqualTo(204);
    assertThat(http.delete("/api/rules/" + rule).status()).isEqualTo(404);
    assertThat(told(http.get("/api/audit?thread=" + thread)))
        .containsExactly("ada rule.revoked", "ada rule.added", "ada thread.created");
    String projectId = http.get("/api/projects/" + project).text("id");
    assertThat(told(http.get("/api/audit?project=" + projectId)))
        .startsWith("ada rule.revoked", "ada rule.added", "ada rule.added");
  }

  @Test
  void changesOfAProjectAreNotedUnlessNothingChanged() {
    String project = project();
    String id = http.get("/api/projects/" + project).text("id");
    http.patch("/api/projects/" + project, "{\"maxSessions\":3}");
    http.patch("/api/projects/" + project, "{\"maxSessions\":3}");
    http.patch("/api/projects/" + project, "{\"maxSessions\":-3}");
    http.delete("/api/projects/" + project);
    Answer audit = http.get("/api/audit?project=" + id);
    assertThat(told(audit))
        .containsExactly("ada project.deleted", "ada project.changed", "ada project.created");
    assertThat(audit.text("items.1.fields.0")).isEqualTo("maxSessions");
    assertThat(audit.text("items.1.threadId")).isNull();
  }

  @Test
  void pagesGoBackInTime() {
    String project = project();
    String id = http.post("/api/threads", Map.of("project", project)).text("id");
    for (int i = 0; i < 5; i++) {
      http.patch("/api/threads/" + id, "{\"title\":\"%d\"}".formatted(i));
    }
    List<String> seen = new ArrayList<>();
    String cursor = null;
    do {
      Answer page =
          http.get("/api/audit?limit=2&thread=" + id + (cursor == null ? "" : "&cursor=" + cursor));
      StreamSupport.stream(page.body().get("items").spliterator(), false)
          .forEach(item -> seen.add(item.get("id").asString()));
      cursor = page.text("nextCursor");
      http.patch("/api/threads/" + id, "{\"title\":\"meanwhile %d\"}".formatted(seen.size()));
    } while (cursor != null);
    assertThat(seen).hasSize(6).doesNotHaveDuplicates();
    assertThat(http.get("/api/audit?thread=7").code()).isEqualTo("invalid_thread");
    assertThat(http.get("/api/audit?project=shop").code()).isEqualTo("invalid_project");
    assertThat(http.get("/api/audit?cursor=x").code()).isEqualTo("bad_cursor");
    assertThat(http.get("/api/audit?limit=0").code()).isEqualTo("invalid_limit");
  }

  private static List<String> told(Answer audit) {
    return StreamSupport.stream(audit.body().get("items").spliterator(), false)
        .map(item -> item.get("by").asString() + " " + item.get("action").asString())
        .toList();
  }
}
