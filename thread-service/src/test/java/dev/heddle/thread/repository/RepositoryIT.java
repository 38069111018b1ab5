package dev.heddle.thread.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.CheckpointId;
import dev.heddle.contracts.CheckpointMoment;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.PullRequest;
import dev.heddle.contracts.PullRequestState;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadChanged;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import dev.heddle.thread.feed.LiveCopy;
import dev.heddle.thread.run.SessionScript;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RepositoryIT extends ThreadServiceSetting {

  /** Line 17 of the checklist. */
  @Test
  void theLinkedPullRequestShowsInLists() {
    String project = project();
    String id = http.post("/api/threads", Map.of("project", project)).text("id");
    String link = "/api/threads/" + id + "/pull-request";
    String etag = http.get("/api/threads/" + id).header("ETag").orElseThrow();
    Answer linked =
        http.put(
            link, Map.of("number", 7, "url", "https://git.example/shop/pull/7", "draft", true));
    assertThat(linked.status()).isEqualTo(200);
    Answer list = http.get("/api/threads?project=" + project);
    assertThat(list.text("items.0.pullRequest.number")).isEqualTo("7");
    assertThat(list.text("items.0.pullRequest.state")).isEqualTo("open");
    assertThat(list.text("items.0.pullRequest.draft")).isEqualTo("true");
    assertThat(http.get("/api/threads/" + id).header("ETag")).contains(etag);

    Answer said = http.post("/api/threads/" + id + "/messages", Map.of("text", "x"));
    PullRequest merged =
        new PullRequest(8, "https://git.example/shop/pull/8", PullRequestState.MERGED, false);
    publish(
        script(said)
            .queued()
            .claimed("w")
            .reportsFact(linked(merged))
            .reportsFact(
                linked(new PullRequest(9, "javascript:alert(1)", PullRequestState.OPEN, false)))
            .reportsFact(linked(new PullRequest(0, merged.url(), PullRequestState.OPEN, false)))
            .completed()
            .changes());
    await().until(() -> "idle".equals(http.get("/api/threads/" + id).text("status")));
    assertThat(http.get("/api/threads/" + id).text("pullRequest.number"))
        .as("no link that is none takes its place")
        .isEqualTo("8");
    assertLive(id);
    assertThat(http.get("/api/threads/" + id).text("pullRequest.state")).isEqualTo("merged");
    assertThat(http.delete(link).status()).isEqualTo(204);
    assertThat(http.get("/api/threads/" + id).text("pullRequest.number")).isNull();
    assertLive(id);
  }

  @Test
  void aPullRequestThatCannotBeIsRefused() {
    String id = http.post("/api/threads", Map.of("project", project())).text("id");
    String link = "/api/threads/" + id + "/pull-request";
    String url = "https://git.example/shop/pull/7";
    assertRefused(http.put(link, Map.of("url", url)));
    assertRefused(http.put(link, Map.of("number", 0, "url", url)));
    assertRefused(http.put(link, Map.of("number", 7)));
    assertRefused(http.put(link, Map.of("number", 7, "url", "javascript:alert(1)")));
    assertRefused(http.put(link, Map.of("number", 7, "url", "https://a:secret@git.example/7")));
    assertRefused(http.put(link, Map.of("number", 7, "url", url, "state", "maybe")));
    assertThat(http.get("/api/threads/" + id).text("pullRequest.number")).isNull();
    String unknown = "/api/threads/" + UUID.randomUUID() + "/pull-request";
    assertThat(http.put(unknown, Map.of("number", 7, "url", url)).code())
        .isEqualTo("unknown_thread");
    assertThat(http.delete(unknown).code()).isEqualTo("unknown_thread");
  }

  @Test
  void checkpointsAreATreeAnchoredAtMessages() {
    Answer said =
        http.post(
            "/api/dispatch",
            Map.of("project", project("https://git.example/shop.git"), "prompt", "x"));
    String id = said.text("threadId");
    CheckpointId before = new CheckpointId(UUID.randomUUID());
    CheckpointId after = new CheckpointId(UUID.randomUUID());
    MessageId message = MessageId.of(said.text("messageId"));
    SessionScript script =
        script(said)
            .answering(message)
            .queued()
            .claimed("w")
            .reportsFact(captured(before, null, CheckpointMoment.BEFORE, 0))
            .reportsFact(captured(after, before, CheckpointMoment.AFTER, 2))
            .completed();
    publish(script.changes());
    publish(script.changes());
    await().until(() -> "idle".equals(http.get("/api/threads/" + id).text("status")));
    Answer page = http.get("/api/threads/" + id + "/checkpoints?limit=1");
    assertThat(page.text("items.0.id")).isEqualTo(before.toString());
    assertThat(page.text("items.0.parentId")).isNull();
    Answer rest = http.get("/api/threads/" + id + "/checkpoints?cursor=" + page.text("nextCursor"));
    assertThat(rest.body().get("items")).hasSize(1);
    assertThat(rest.text("items.0.parentId")).isEqualTo(before.toString());
    assertThat(rest.text("items.0.messageId")).isEqualTo(message.toString());
    assertThat(rest.text("items.0.moment")).isEqualTo("after");
    assertThat(rest.text("items.0.changedFiles")).isEqualTo("2");
    assertThat(rest.text("items.0.sessionId")).isEqualTo(said.text("sessionId"));
    Answer thread = http.get("/api/threads/" + id);
    assertThat(thread.text("checkpoint.cursor")).isEqualTo(after.toString());
    assertThat(thread.text("checkpoint.latest")).isEqualTo(after.toString());
    assertThat(thread.text("checkpoint.anchor")).isEqualTo(message.toString());
    assertThat(thread.text("projectMode")).isEqualTo("worktree");
    assertLive(id);
    assertThat(http.get("/api/threads/" + UUID.randomUUID() + "/checkpoints").code())
        .isEqualTo("unknown_thread");
  }

  /** Whoever only hears the feed sees the same. */
  private void assertLive(String thread) {
    Answer shown = http.get("/api/threads/" + thread);
    int told = Integer.parseInt(shown.text("feedVersion"));
    LiveCopy.of(wire.await(thread, ThreadChanged.class, told)).mustBe(shown);
  }

  private static SessionFact linked(PullRequest pullRequest) {
    return new SessionFact.PullRequestLinked(pullRequest);
  }

  private String project(String repository) {
    String name = fresh("shop");
    http.post("/api/projects", Map.of("name", name, "repository", repository));
    return name;
  }

  private static SessionFact captured(
      CheckpointId id, CheckpointId parent, CheckpointMoment moment, int files) {
    return new SessionFact.CheckpointCaptured(
        id, parent, "refs/heddle/checkpoints/" + id, null, moment, files);
  }

  private static SessionScript script(Answer said) {
    return new SessionScript(
        ThreadId.of(said.text("threadId")), SessionId.of(said.text("sessionId")));
  }

  private static void assertRefused(Answer answer) {
    assertThat(answer.code()).isEqualTo("invalid_pull_request");
    assertThat(answer.status()).isEqualTo(400);
  }
}
