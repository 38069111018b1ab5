package dev.heddle.thread.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.CancelRequested;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.TraceRecord.TraceEvent;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import dev.heddle.thread.run.SessionScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

class ThreadIT extends ThreadServiceSetting {

  @Autowired private TransactionTemplate transactions;

  @Test
  void aThreadIsMadeWithoutAMessageAndTakesItsTitleFromTheFirst() {
    String project = project();
    Answer made =
        http.post(
            "/api/threads",
            Map.of("project", project, "engine", "codex", "placement", Map.of("pool", "gpu")));
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.text("title")).isEqualTo("Untitled");
    assertThat(made.text("status")).isEqualTo("idle");
    assertThat(made.header("Location")).contains("/api/threads/" + made.text("id"));
    String id = made.text("id");
    http.post("/api/threads/" + id + "/messages", Map.of("text", "Mend the roof\nplease"));
    assertThat(http.get("/api/threads/" + id).text("title")).isEqualTo("Mend the roof");
    assertThat(http.get("/api/threads/" + id).text("placement.pool")).isEqualTo("gpu");
    Answer twice = http.post("/api/threads", Map.of("project", project, "id", id));
    assertThat(twice.status()).isEqualTo(409);
    assertThat(twice.code()).isEqualTo("thread_exists");
  }

  @Test
  void aChosenTitleStays() {
    String id = http.post("/api/threads", Map.of("project", project(), "title", "Mine")).text("id");
    http.post("/api/threads/" + id + "/messages", Map.of("text", "something else"));
    Answer thread = http.get("/api/threads/" + id);
    assertThat(thread.text("title")).isEqualTo("Mine");
    assertThat(thread.body().get("titleCustom").asBoolean()).isTrue();
  }

  @Test
  void aRunningThreadCanBeRenamedAndARunNeverTurnsARenameIntoAConflict() {
    Answer dispatched = dispatch(project());
    String id = dispatched.text("threadId");
    String etag = http.get("/api/threads/" + id).header("ETag").orElseThrow();
    SessionScript script = script(dispatched).queued().claimed("worker-1").started("/w", null);
    publish(script.changes());
    await().until(() -> "running".equals(http.get("/api/threads/" + id).text("status")));
    assertThat(http.get("/api/threads/" + id).header("ETag")).contains(etag);
    Answer renamed = http.patch("/api/threads/" + id, "{\"title\":\"Renamed\"}", "If-Match", etag);
    assertThat(renamed.status()).isEqualTo(200);
    assertThat(renamed.text("title")).isEqualTo("Renamed");
    Answer stale = http.patch("/api/threads/" + id, "{\"title\":\"Late\"}", "If-Match", etag);
    assertThat(stale.status()).isEqualTo(412);
    assertThat(stale.code()).isEqualTo("stale_version");
    assertThat(stale.text("current.title")).isEqualTo("Renamed");
  }

  @Test
  void aPatchChangesWhatItNamesAndResetsWhatIsNull() {
    String id =
        http.post(
                "/api/threads",
                Map.of("project", project(), "engine", "codex", "model", "m", "effort", "high"))
            .text("id");
    Answer patched =
        http.patch(
            "/api/threads/" + id,
            "{\"pinned\":true,\"model\":null,\"mode\":\"plan\",\"placement\":{\"labels\":{\"os\":\"linux\"}}}");
    assertThat(patched.body().get("pinned").asBoolean()).isTrue();
    assertThat(patched.text("model")).isNull();
    assertThat(patched.text("mode")).isEqualTo("plan");
    assertThat(patched.text("effort")).isEqualTo("high");
    assertThat(patched.text("placement.labels.os")).isEqualTo("linux");
    Answer switched = http.patch("/api/threads/" + id, "{\"engine\":\"claude\"}");
    assertThat(switched.text("effort")).as("meant the other engine").isNull();
    assertThat(http.patch("/api/threads/" + id, "{\"status\":\"idle\"}").status()).isEqualTo(400);
    assertThat(http.patch("/api/threads/" + id, "{\"archived\":null}").status()).isEqualTo(400);
    assertThat(http.patch("/api/threads/" + id, "{\"engine\":\"No Good\"}").code())
        .isEqualTo("invalid_engine");
    Answer same = http.patch("/api/threads/" + id, "{\"pinned\":true}");
    assertThat(same.header("ETag")).isEqualTo(switched.header("ETag"));
  }

  @Test
  void whoHasTheSettingsAlreadyIsStillShownWhatHasMoved() {
    String id = http.post("/api/threads", Map.of("project", project())).text("id");
    String etag = http.get("/api/threads/" + id).header("ETag").orElseThrow();
    http.put(
        "/api/threads/" + id + "/pull-request",
        Map.of("number", 7, "url", "https://git.example/shop/pull/7"));
    Answer again = http.get("/api/threads/" + id, "If-None-Match", etag);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.header("ETag")).contains(etag);
    assertThat(again.text("pullRequest.number")).isEqualTo("7");
  }

  /** The reader is stopped where it reads the version, while somebody renames the thread. */
  @Test
  void aThreadIsNeverShownOlderThanItsFeedVersionSays() throws Exception {
    String id = http.post("/api/threads", Map.of("project", project(), "title", "old")).text("id");
    long before = Long.parseLong(http.get("/api/threads/" + id).text("feedVersion"));
    try (ExecutorService reader = Executors.newSingleThreadExecutor()) {
      Future<Answer> read =
          transactions.execute(_ -> {
            jdbc.sql("lock table thread_feed in access exclusive mode").update();
            Future<Answer> begun = reader.submit(() -> http.get("/api/threads/" + id));
            await()
                .until(() ->
                    count(
                            "select count(*) from pg_locks where not granted"
                                + " and relation = 'thread_feed'::regclass")
                        > 0);
            jdbc.sql("update thread set title = 'new' where id = cast(? as uuid)")
                .param(id)
                .update();
            jdbc.sql(
                    "update thread_feed set version = version + 1"
                        + " where thread_id = cast(? as uuid)")
                .param(id)
                .update();
            return begun;
          });
      Answer shown = read.get();
      assertThat(shown.text("feedVersion")).isEqualTo(String.valueOf(before + 1));
      assertThat(shown.text("title")).isEqualTo("new");
    }
  }

  @Test
  void archivingABusyThreadCancelsItsRunOnce() {
    Answer dispatched = dispatch(project());
    String id = dispatched.text("threadId");
    Answer archived = http.patch("/api/threads/" + id, "{\"archived\":true}");
    assertThat(archived.text("status")).isEqualTo("stopping");
    http.patch("/api/threads/" + id, "{\"archived\":true}");
    List<CancelRequested> cancels = wire.await(id, CancelRequested.class, 1);
    assertThat(cancels).hasSize(1);
    assertThat(cancels.getFirst().sessionId()).hasToString(dispatched.text("sessionId"));
    assertThat(cancels.getFirst().reason()).isEqualTo("thread archived");
    publish(script(dispatched).queued().cancelled().changes());
    await().until(() -> "idle".equals(http.get("/api/threads/" + id).text("status")));
    Answer thread = http.get("/api/threads/" + id);
    assertThat(thread.text("lastOutcome.status")).isEqualTo("cancelled");
    assertThat(thread.text("lastOutcome.by")).isEqualTo("ada");
  }

  @Test
  void aBusyThreadCannotBeDeletedAndAnIdleOneGoesWithAllItHas() {
    Answer dispatched = dispatch(project());
    String id = dispatched.text("threadId");
    Answer busy = http.delete("/api/threads/" + id);
    assertThat(busy.status()).isEqualTo(409);
    assertThat(busy.code()).isEqualTo("thread_busy");
    // A run that failed leaves its follow-up waiting.
    http.post("/api/threads/" + id + "/messages", Map.of("text", "later"));
    publish(script(dispatched).queued().claimed("worker-1").failed("x", "y").changes());
    await().until(() -> "idle".equals(http.get("/api/threads/" + id).text("status")));
    assertThat(http.get("/api/threads/" + id).text("followUps")).isEqualTo("1");
    assertThat(http.delete("/api/threads/" + id, "If-Match", "\"77\"").status()).isEqualTo(412);
    assertThat(http.delete("/api/threads/" + id).status()).isEqualTo(204);
    assertThat(http.get("/api/threads/" + id).code()).isEqualTo("unknown_thread");
    for (String table :
        List.of(
            "thread_run",
            "thread_session",
            "message",
            "transition",
            "follow_up",
            "unanswered_request")) {
      assertThat(count("select count(*) from " + table + " where thread_id = '" + id + "'"))
          .as(table)
          .isZero();
    }
  }

  @Test
  void whatSessionServiceSaysIsFoldedIntoThreadMessagesAndHistory() {
    Answer dispatched = dispatch(project());
    String id = dispatched.text("threadId");
    MessageId answer = new MessageId(UUID.randomUUID());
    SessionScript script =
        script(dispatched)
            .queued()
            .claimed("worker-1")
            .preparing()
            .started("/srv/t", "heddle/t")
            .says(answer, "all done\0")
            .reports("heddle/t", "/srv/t", "abc", 3)
            .completed();
    // Each record twice, then the batch twice, as a relay does that is killed between send and
    // delete.
    script.changes().forEach(change -> publish(List.of(change, change)));
    publish(script.changes());
    publish(script.changes());
    await().until(() -> "idle".equals(http.get("/api/threads/" + id).text("status")));
    Answer thread = http.get("/api/threads/" + id);
    assertThat(thread.text("machine")).isEqualTo("worker-1");
    assertThat(thread.text("branch")).isEqualTo("heddle/t");
    assertThat(thread.text("head")).isEqualTo("abc");
    assertThat(thread.text("lastOutcome.status")).isEqualTo("completed");
    Answer first = http.get("/api/threads/" + id + "/messages?limit=1");
    assertThat(first.body().get("items")).hasSize(1);
    Answer second = http.get("/api/threads/" + id + "/messages?cursor=" + first.text("nextCursor"));
    assertThat(second.text("items.0.text")).isEqualTo("all done\uFFFD");
    assertThat(second.text("items.0.role")).isEqualTo("assistant");
    assertThat(second.text("items.0.attempt")).isEqualTo("1");
    assertThat(second.text("nextCursor")).isNull();
    // The second delivery comes after the first in the same partition; a third run proves it past.
    sentinel(id);
    assertThat(texts(http.get("/api/threads/" + id + "/messages"), "text"))
        .containsExactly("work", "all done\uFFFD");
    assertThat(texts(http.get("/api/threads/" + id + "/transitions"), "to"))
        .containsExactly("queued", "running", "idle", "queued");
  }

  @Test
  void aFailureWithoutAnAnswerIsToldInTheConversationAndTheTimelineOnce() {
    Answer dispatched = dispatch(project());
    String id = dispatched.text("threadId");
    SessionScript script =
        script(dispatched)
            .queued()
            .claimed("worker-1")
            .failed("workspace_failed", "no such branch");
    publish(script.changes());
    publish(script.changes());
    List<TraceEvent> told = wire.await(id, TraceEvent.class, 2);
    assertThat(told.get(1).seq()).isEqualTo(2);
    assertThat(told.get(1).attempt()).isZero();
    assertThat(told.get(1).body())
        .isInstanceOfSatisfying(
            TraceBody.Message.class,
            message -> assertThat(message.text()).isEqualTo("no such branch"));
    sentinel(id);
    assertThat(wire.now(id, TraceEvent.class)).hasSize(2);
    assertThat(texts(http.get("/api/threads/" + id + "/messages"), "text"))
        .containsExactly("work", "no such branch");
    assertThat(http.get("/api/threads/" + id).text("lastOutcome.code"))
        .isEqualTo("workspace_failed");
  }

  @Test
  void theListShowsPinnedThreadsFirstThenTheNewest() {
    String project = project();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      ids.add(dispatch(project).text("threadId"));
      tick();
    }
    http.patch("/api/threads/" + ids.get(1), "{\"pinned\":true}");
    assertThat(list(project, "", 2))
        .containsExactly(ids.get(1), ids.get(3), ids.get(2), ids.get(0));
    http.patch("/api/threads/" + ids.get(3), "{\"archived\":true,\"title\":\"100% done\"}");
    assertThat(list(project, "", 50)).doesNotContain(ids.get(3)).hasSize(3);
    assertThat(list(project, "&archived=true", 50)).containsExactly(ids.get(3));
    assertThat(list(project, "&archived=any&q=DON%25%20100", 50)).containsExactly(ids.get(3));
    assertThat(list(project, "&q=_", 50)).isEmpty();
    assertThat(list(project, "&archived=any&status=stopping", 50)).containsExactly(ids.get(3));
    assertThat(http.get("/api/threads?status=asleep").code()).isEqualTo("invalid_choice");
    assertThat(http.get("/api/threads?archived=maybe").code()).isEqualTo("invalid_choice");
    assertThat(http.get("/api/threads?project=nobody").code()).isEqualTo("unknown_project");
    assertThat(http.get("/api/threads?sort=size").code()).isEqualTo("invalid_choice");
    assertThat(http.get("/api/threads?cursor=nonsense").code()).isEqualTo("bad_cursor");
    String foreign =
        http.get("/api/threads/" + ids.get(1) + "/messages?limit=1").text("nextCursor");
    assertThat(foreign).isNull();
  }

  @Test
  void pagesStayRightWhileRowsChange() {
    String project = project();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      ids.add(http.post("/api/threads", Map.of("project", project)).text("id"));
      tick();
    }
    List<String> seen = new ArrayList<>();
    List<String> moved = new ArrayList<>();
    String cursor = null;
    int step = 0;
    do {
      Answer page = page(project, "", 4, cursor);
      seen.addAll(texts(page, "id"));
      cursor = page.text("nextCursor");
      // Between two pages a thread that was shown wakes up, one that was not does too, and a new
      // one is made.
      tick();
      String shown = ids.get(29 - step);
      String hidden = ids.get(step);
      http.post("/api/threads/" + shown + "/messages", Map.of("text", "wake up"));
      if (!seen.contains(hidden)) {
        http.post("/api/threads/" + hidden + "/messages", Map.of("text", "wake up"));
        moved.add(hidden);
      }
      http.post("/api/threads", Map.of("project", project));
      step++;
    } while (cursor != null);
    assertThat(seen).doesNotHaveDuplicates();
    List<String> still = new ArrayList<>(ids);
    still.removeAll(moved);
    assertThat(seen).containsExactlyElementsOf(still.reversed());
    assertThat(texts(page(project, "", 100, null), "id"))
        .as("those that moved are at the top")
        .containsAll(moved);
  }

  @Test
  void threadsAreListedInEachOrderAndByWhatTheyRunWith() {
    String project = project();
    Map<String, String> ids = new TreeMap<>();
    for (String title : List.of("beta", "Alpha", "gamma", "delta")) {
      ids.put(
          title,
          http.post(
                  "/api/threads",
                  Map.of(
                      "project",
                      project,
                      "title",
                      title,
                      "engine",
                      "codex-" + title.toLowerCase(Locale.ROOT).charAt(0)))
              .text("id"));
      tick();
    }
    http.patch("/api/threads/" + ids.get("gamma"), "{\"pinned\":true}");
    http.post("/api/threads/" + ids.get("beta") + "/messages", Map.of("text", "go"));
    assertThat(list(project, "&sort=title", 1))
        .containsExactly(ids.get("gamma"), ids.get("Alpha"), ids.get("beta"), ids.get("delta"));
    assertThat(list(project, "&sort=created", 2))
        .containsExactly(ids.get("gamma"), ids.get("delta"), ids.get("Alpha"), ids.get("beta"));
    assertThat(list(project, "&sort=activity", 2))
        .containsExactly(ids.get("gamma"), ids.get("beta"), ids.get("delta"), ids.get("Alpha"));
    assertThat(list(project, "&pinned=true", 1)).containsExactly(ids.get("gamma"));
    assertThat(list(project, "&pinned=false&sort=title", 1)).doesNotContain(ids.get("gamma"));
    assertThat(list(project, "&engine=codex-d", 5)).containsExactly(ids.get("delta"));
    assertThat(list(project, "&status=queued", 5)).containsExactly(ids.get("beta"));
    assertThat(list(project, "&machine=worker-9", 5)).isEmpty();
    String cursor = page(project, "&sort=title", 1, null).text("nextCursor");
    assertThat(http.get("/api/threads?sort=created&cursor=" + cursor).code())
        .as("of another order")
        .isEqualTo("bad_cursor");
  }

  @Test
  void malformedAndUnknownIdsAreToldApart() {
    assertThat(http.get("/api/threads/7").code()).isEqualTo("invalid_thread");
    assertThat(http.get("/api/threads/" + UUID.randomUUID()).code()).isEqualTo("unknown_thread");
    String unknown = "/api/threads/" + UUID.randomUUID();
    assertThat(http.get(unknown + "/messages").code()).isEqualTo("unknown_thread");
    assertThat(http.get(unknown + "/transitions").code()).isEqualTo("unknown_thread");
    assertThat(http.patch(unknown, "{}").code()).isEqualTo("unknown_thread");
    assertThat(http.delete(unknown).code()).isEqualTo("unknown_thread");
  }

  private Answer dispatch(String project) {
    return http.post("/api/dispatch", Map.of("project", project, "prompt", "work"));
  }

  private static SessionScript script(Answer dispatched) {
    return new SessionScript(
        ThreadId.of(dispatched.text("threadId")), SessionId.of(dispatched.text("sessionId")));
  }

  /** A retry that the thread adopts: when it is seen, all before it has been. */
  private void sentinel(String thread) {
    SessionScript retry =
        new SessionScript(ThreadId.of(thread), new SessionId(UUID.randomUUID())).queued();
    publish(retry.changes());
    await()
        .until(() ->
            retry
                .last()
                .sessionId()
                .toString()
                .equals(http.get("/api/threads/" + thread).text("activeSession")));
  }

  private List<String> list(String project, String filter, int limit) {
    List<String> ids = new ArrayList<>();
    String cursor = null;
    do {
      Answer page = page(project, filter, limit, cursor);
      ids.addAll(texts(page, "id"));
      cursor = page.text("nextCursor");
    } while (cursor != null);
    return ids;
  }

  private Answer page(String project, String filter, int limit, String cursor) {
    Answer page =
        http.get(
            "/api/threads?project="
                + project
                + filter
                + "&limit="
                + limit
                + (cursor == null ? "" : "&cursor=" + cursor));
    assertThat(page.status()).isEqualTo(200);
    return page;
  }

  private static List<String> texts(Answer page, String field) {
    return StreamSupport.stream(page.body().get("items").spliterator(), false)
        .map((JsonNode item) -> item.get(field).asString())
        .toList();
  }
}
