package dev.heddle.thread.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadChanged;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import dev.heddle.thread.run.SessionScript;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FeedIT extends ThreadServiceSetting {

  @Test
  void whoHearsTheFeedFromTheBeginningKnowsTheThreadAsTheServiceShowsIt() {
    String project = project();
    Answer dispatched =
        http.post("/api/dispatch", Map.of("project", project, "prompt", "x".repeat(9_000)));
    String id = dispatched.text("threadId");
    compare(id);
    publish(script(dispatched).queued().claimed("worker-1").preparing().changes());
    await().until(() -> "preparing".equals(http.get("/api/threads/" + id).text("phase")));
    compare(id);
    SessionScript whole =
        script(dispatched)
            .queued()
            .claimed("worker-1")
            .preparing()
            .started("/srv/t", "heddle/t")
            .says(new MessageId(UUID.randomUUID()), "all done")
            .reports("heddle/t", "/srv/t", "abc", 3)
            .completed();
    publish(whole.changes());
    await().until(() -> "idle".equals(http.get("/api/threads/" + id).text("status")));
    for (String patch :
        List.of(
            "{\"title\":\"Mine\"}",
            "{\"pinned\":true}",
            "{\"engine\":\"codex\",\"model\":\"m\",\"mode\":\"plan\",\"effort\":\"high\"}",
            "{\"placement\":{\"pool\":\"gpu\",\"machine\":\"worker-2\"}}",
            "{\"archived\":true}",
            "{\"archived\":false}")) {
      tick();
      assertThat(http.patch("/api/threads/" + id, patch).status()).isEqualTo(200);
    }
    LiveCopy copy = compare(id);
    assertThat(copy.messages()).hasSize(2);
    assertThat(copy.messages().getFirst()).hasSize(ThreadChange.Message.MAX_TEXT);
    assertThat(copy.messages().getLast()).isEqualTo("all done");
  }

  @Test
  void archivingABusyThreadTellsTheSettingsAndTheRunAsOne() {
    String id = dispatch(project()).text("threadId");
    http.patch("/api/threads/" + id, "{\"archived\":true}");
    List<ThreadChanged> feed = wire.await(id, ThreadChanged.class, 2);
    assertThat(feed.get(1).by()).isEqualTo("ada");
    assertThat(feed.get(1).changes())
        .hasExactlyElementsOfTypes(ThreadChange.Settings.class, ThreadChange.Run.class);
    compare(id);
  }

  @Test
  void everyStepOfAFollowUpIsToldOnceWithWhatItMeansForTheThread() {
    Answer dispatched = dispatch(project());
    String id = dispatched.text("threadId");
    SessionScript first = script(dispatched).queued().claimed("worker-1").started("/srv", null);
    publish(first.changes());
    await().until(() -> "running".equals(http.get("/api/threads/" + id).text("status")));
    long before = compare(id).version();

    String followUps = "/api/threads/" + id + "/follow-ups";
    http.post(followUps, Map.of("text", "two", "engine", "codex"));
    String three = http.post(followUps, Map.of("text", "three")).text("id");
    http.patch(followUps + "/" + three, "{\"text\":\"drei\"}", "If-Match", "\"1\"");
    http.patch(followUps + "/" + three, "{}", "If-Match", "\"2\"");
    compare(id);
    publish(first.completed().last());
    await().until(() -> "1".equals(http.get("/api/threads/" + id).text("followUps")));
    LiveCopy drained = compare(id);
    assertThat(drained.messages()).containsExactly("work", "two");

    RunRequested second = wire.await(id, RunRequested.class, 2).get(1);
    publish(
        new SessionScript(second.threadId(), second.sessionId())
            .failed("gone", "no disk")
            .changes());
    await().until(() -> "2".equals(http.get("/api/threads/" + id).text("followUps")));
    LiveCopy held = compare(id);
    assertThat(held.statuses()).containsExactly("completed", "failed", "failed");
    assertThat(http.delete(followUps + "/" + three, "If-Match", "\"2\"").status()).isEqualTo(204);
    http.postText(followUps + "/resume", "");
    compare(id);

    List<ThreadChanged> feed = wire.now(id, ThreadChanged.class);
    List<ThreadChanged> since = feed.subList((int) before, feed.size());
    assertThat(since)
        .extracting(ThreadChanged::by)
        .containsExactly("ada", "ada", "ada", "session-service", "session-service", "ada", "ada");
    for (int queued : List.of(0, 1, 2)) {
      assertThat(since.get(queued).changes())
          .satisfiesOnlyOnce(
              change -> assertThat(change).isInstanceOf(ThreadChange.FollowUps.class));
    }
    assertThat(since.get(3).changes())
        .hasExactlyElementsOfTypes(
            ThreadChange.Run.class,
            ThreadChange.FollowUps.class,
            ThreadChange.Branch.class,
            ThreadChange.Message.class,
            ThreadChange.Settings.class);
  }

  @Test
  void unarchivingLetsTheFollowUpsGoOnInTheSameRecord() {
    Answer dispatched = dispatch(project());
    String id = dispatched.text("threadId");
    http.post("/api/threads/" + id + "/follow-ups", Map.of("text", "two"));
    http.patch("/api/threads/" + id, "{\"archived\":true}");
    publish(script(dispatched).queued().cancelled().changes());
    await().until(() -> "idle".equals(http.get("/api/threads/" + id).text("status")));
    long before = compare(id).version();
    tick();
    http.patch("/api/threads/" + id, "{\"archived\":false}");
    assertThat(compare(id).version()).isEqualTo(before + 1);
    assertThat(wire.now(id, ThreadChanged.class).getLast().changes())
        .hasExactlyElementsOfTypes(
            ThreadChange.Settings.class,
            ThreadChange.Run.class,
            ThreadChange.FollowUps.class,
            ThreadChange.Branch.class,
            ThreadChange.Message.class);
  }

  @Test
  void whatIsSaidToABusyThreadIsToldWhateverBecomesOfIt() {
    Answer dispatched = dispatch(project());
    String id = dispatched.text("threadId");
    String messages = "/api/threads/" + id + "/messages";
    publish(script(dispatched).queued().claimed("worker-1").startedTakingInput().changes());
    await().until(() -> "running".equals(http.get("/api/threads/" + id).text("status")));
    long before = compare(id).version();
    http.post(messages, Map.of("text", "also this", "ifBusy", "steer"));
    http.post(messages, Map.of("text", "later", "ifBusy", "queue"));
    http.post(
        "/api/dispatch",
        Map.of("thread", id, "prompt", "no, that", "ifBusy", "interrupt", "title", "Mine"));
    assertThat(http.post(messages, Map.of("text", "x", "ifBusy", "reject")).status())
        .isEqualTo(409);
    compare(id);
    List<ThreadChanged> feed = wire.now(id, ThreadChanged.class);
    List<ThreadChanged> since = feed.subList((int) before, feed.size());
    assertThat(since).hasSize(3);
    assertThat(since.get(0).changes())
        .hasAtLeastOneElementOfType(ThreadChange.Message.class)
        .doesNotHaveAnyElementsOfTypes(ThreadChange.FollowUps.class);
    assertThat(since.get(1).changes())
        .hasAtLeastOneElementOfType(ThreadChange.FollowUps.class)
        .doesNotHaveAnyElementsOfTypes(ThreadChange.Message.class);
    assertThat(since.get(2).changes())
        .hasExactlyElementsOfTypes(
            ThreadChange.Settings.class, ThreadChange.Run.class, ThreadChange.FollowUps.class);
  }

  @Test
  void whatChangesNothingTellsNothing() {
    Answer dispatched = dispatch(project());
    String id = dispatched.text("threadId");
    List<SessionScript> scripts = List.of(script(dispatched).queued().claimed("worker-1"));
    publish(scripts.getFirst().changes());
    await().until(() -> "running".equals(http.get("/api/threads/" + id).text("status")));
    publish(scripts.getFirst().changes());
    http.patch("/api/threads/" + id, "{\"pinned\":false}");
    http.patch("/api/threads/" + id, "{}");
    assertThat(http.patch("/api/threads/" + id, "{\"title\":\"\"}").status()).isEqualTo(400);
    long before = compare(id).version();
    http.patch("/api/threads/" + id, "{\"title\":\"Last\"}");
    List<ThreadChanged> feed = wire.await(id, ThreadChanged.class, (int) before + 1);
    assertThat(feed.getLast().version()).isEqualTo(before + 1);
    assertThat(feed.getLast().changes()).hasExactlyElementsOfTypes(ThreadChange.Settings.class);
  }

  @Test
  void aDeletionIsTheLastWordUntilTheIdIsUsedAgain() {
    String project = project();
    String id = http.post("/api/threads", Map.of("project", project)).text("id");
    http.delete("/api/threads/" + id);
    List<ThreadChanged> feed = wire.await(id, ThreadChanged.class, 2);
    assertThat(feed.get(1).deletes()).isTrue();
    assertThat(feed.get(1).changes()).hasExactlyElementsOfTypes(ThreadChange.Deleted.class);
    assertThat(LiveCopy.of(feed).isDeleted()).isTrue();
    http.post("/api/threads", Map.of("project", project, "id", id));
    assertThat(wire.await(id, ThreadChanged.class, 3).get(2).version()).isEqualTo(3);
    compare(id);
  }

  @Test
  void versionsRiseInTheOrderOfTheTopicWhoeverChangesTheThreadAtOnce() throws Exception {
    Answer dispatched = dispatch(project());
    String id = dispatched.text("threadId");
    List<Callable<Object>> changes = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      String title = "{\"title\":\"Title %d\"}".formatted(i);
      changes.add(() -> http.patch("/api/threads/" + id, title));
      changes.add(() -> http.patch("/api/threads/" + id, "{\"archived\":true}"));
    }
    SessionScript script = script(dispatched).queued().claimed("worker-1").started("/srv", null);
    changes.add(() -> {
      publish(script.changes());
      return id;
    });
    try (ExecutorService people = Executors.newVirtualThreadPerTaskExecutor()) {
      people.invokeAll(changes);
    }
    await().until(() -> "worker-1".equals(http.get("/api/threads/" + id).text("machine")));
    long last = Long.parseLong(http.get("/api/threads/" + id).text("feedVersion"));
    List<ThreadChanged> feed = wire.await(id, ThreadChanged.class, (int) last);
    assertThat(feed)
        .extracting(ThreadChanged::version)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, last).boxed().toList());
    LiveCopy.of(feed).mustBe(http.get("/api/threads/" + id));
  }

  @Test
  void everyTableOfAThreadIsWatchedOrKnownToTellNothing() {
    Set<String> belonging =
        new HashSet<>(
            jdbc.sql(
                    """
                    select c.conrelid::regclass::text from pg_constraint c
                    where c.contype = 'f' and c.confrelid = 'thread'::regclass
                    """)
                .query(String.class)
                .list());
    belonging.removeAll(FeedGuard.WATCHED.keySet());
    assertThat(belonging)
        .as("a table of threads; watch it in FeedGuard, unless what it holds is not told")
        .isEqualTo(FeedGuard.UNWATCHED);
  }

  @Test
  void theGuardNoticesWhatIsNotTold() {
    String id = http.post("/api/threads", Map.of("project", project())).text("id");
    for (String change :
        List.of(
            "update thread set title = 'Silent' where id = ?",
            "update thread_run set phase = 'preparing' where thread_id = ?",
            "delete from thread where id = ?")) {
      assertThatThrownBy(() -> jdbc.sql(change).param(UUID.fromString(id)).update())
          .as(change)
          .hasMessageContaining("was not told");
    }
    jdbc.sql("update thread_run set session_version = 7 where thread_id = ?")
        .param(UUID.fromString(id))
        .update();
  }

  private LiveCopy compare(String id) {
    Answer thread = http.get("/api/threads/" + id);
    int version = Integer.parseInt(thread.text("feedVersion"));
    LiveCopy copy = LiveCopy.of(wire.await(id, ThreadChanged.class, version));
    copy.mustBe(thread);
    return copy;
  }

  private Answer dispatch(String project) {
    return http.post("/api/dispatch", Map.of("project", project, "prompt", "work"));
  }

  private static SessionScript script(Answer dispatched) {
    return new SessionScript(
        ThreadId.of(dispatched.text("threadId")), SessionId.of(dispatched.text("sessionId")));
  }
}
