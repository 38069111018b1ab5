package dev.heddle.thread.delegation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact.ApprovalRequested;
import dev.heddle.contracts.SessionRequest.CancelRequested;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadChanged;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import dev.heddle.thread.TurnScripts;
import dev.heddle.thread.feed.LiveCopy;
import dev.heddle.thread.run.SessionScript;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DelegationIT extends ThreadServiceSetting {

  private String project;
  private String parent;
  private SessionScript run;

  @BeforeEach
  void aBusyThread() {
    project = project();
    Answer dispatched =
        http.post(
            "/api/dispatch",
            Map.of("project", project, "prompt", "one", "engine", "codex", "model", "m1"));
    parent = dispatched.text("threadId");
    run = TurnScripts.running(dispatched);
  }

  @Test
  void aTaskBecomesAThreadOfItsOwnThatIsShownWhereItWorks() {
    Answer made = delegate("tests", Map.of("effort", "high", "budget", Map.of("tokens", 500)));
    assertThat(made.status()).isEqualTo(202);
    assertThat(made.text("disposition")).isEqualTo("started");
    String child = made.text("threadId");
    assertThat(made.header("Location")).contains("/api/threads/" + child);
    RunRequested asked = wire.await(child, RunRequested.class, 1).getFirst();
    assertThat(asked.prompt()).isEqualTo("do tests");
    assertThat(asked.engine().name()).as("as the parent").isEqualTo("codex");
    assertThat(asked.engine().model()).isEqualTo("m1");
    assertThat(asked.engine().effort()).isEqualTo("high");

    Answer view = view(child);
    assertThat(view.text("project")).isEqualTo(project);
    assertThat(view.text("delegation.parent")).isEqualTo(parent);
    assertThat(view.text("delegation.root")).isEqualTo(parent);
    assertThat(view.text("delegation.key")).isEqualTo("tests");
    assertThat(view.text("delegation.depth")).isEqualTo("1");
    assertThat(view.text("delegation.visibility")).isEqualTo("hidden");
    assertThat(view.text("budget.tokens")).isEqualTo("500");
    assertThat(view(parent).text("delegation")).isNull();
    assertThat(view(parent).text("descendants.total")).isEqualTo("1");
    assertThat(view(parent).text("descendants.busy")).isEqualTo("1");

    delegate("docs", Map.of("visibility", "listed"));
    assertThat(keys(children())).containsExactly("tests", "docs");
    assertThat(listed("project=" + project)).hasSize(2).contains(parent).doesNotContain(child);
    assertThat(listed("project=" + project + "&includeChildren=true")).hasSize(3).contains(child);
    assertThat(listed("parent=" + parent)).hasSize(2).contains(child);
  }

  @Test
  void theSameKeyIsAnsweredAsTheFirstTimeAndBelongsToOneTask() {
    Answer first = delegate("tests");
    Answer again = delegate("tests");
    assertThat(again.status()).isEqualTo(202);
    assertThat(again.body()).isEqualTo(first.body());
    Answer other = delegate("tests", Map.of("notify", true));
    assertThat(other.status()).isEqualTo(409);
    assertThat(other.code()).isEqualTo("delegation_key_taken");
    assertThat(children()).hasSize(1);
    assertThat(wire.await(first.text("threadId"), RunRequested.class, 1)).hasSize(1);
    assertThat(delegate("not a key").code()).isEqualTo("invalid_key");
  }

  @Test
  void theResultOfAChildIsKeptAndToldToItsParent() {
    Answer made = delegate("tests");
    String child = made.text("threadId");
    SessionScript work = TurnScripts.running(made);
    TurnScripts.answers(work, "x".repeat(9000), 40, 2, 0.5);
    publish(work.completed().changes());
    awaitIdle(child);
    JsonNode result = children().getFirst().get("result");
    assertThat(result.get("status").asString()).isEqualTo("completed");
    assertThat(result.get("summary").asString()).hasSize(8192);
    assertThat(result.get("sessionId").asString()).isEqualTo(made.text("sessionId"));
    assertThat(children().getFirst().at("/usage/inputTokens").asLong()).isEqualTo(40);
    assertThat(view(parent).text("descendants.busy")).isEqualTo("0");
    List<ThreadChange.Child> told = toldOfChildren();
    assertThat(told).hasSize(2);
    assertThat(told.get(0).result()).isNull();
    assertThat(told.get(1).result().status().wire()).isEqualTo("completed");
    live(parent).mustBe(view(parent));
    live(child).mustBe(view(child));
    assertThat(wire.now(parent, RunRequested.class)).as("nobody is told").hasSize(1);
  }

  @Test
  void aResultIsSaidToTheParentOnceHoweverOftenTheEndComes() {
    Answer made = delegate("tests", Map.of("notify", true));
    String child = made.text("threadId");
    SessionScript work = TurnScripts.running(made);
    TurnScripts.answers(work, "all pass", 1, 1, null);
    work.completed();
    publish(work.changes());
    publish(work.changes());
    awaitIdle(child);
    await().until(() -> "1".equals(view(parent).text("followUps")));
    publish(run.completed().changes());
    RunRequested next = wire.await(parent, RunRequested.class, 2).get(1);
    assertThat(next.prompt()).isEqualTo("Result of tests: completed\n\nall pass");
    assertThat(next.requestedBy()).isEqualTo("ada");
    publish(work.changes());
    publish(TurnScripts.running(next).completed().changes());
    awaitIdle(parent);

    // An idle parent answers at once; each run of the child has a result.
    Answer more = http.post("/api/threads/" + child + "/messages", Map.of("text", "again"));
    publish(TurnScripts.running(more).failed("broken", "out of memory").changes());
    RunRequested third = wire.await(parent, RunRequested.class, 3).get(2);
    assertThat(third.prompt()).isEqualTo("Result of tests: failed\n\nout of memory");
    publish(work.changes());
    publish(TurnScripts.running(third).completed().changes());
    awaitIdle(parent);
    assertThat(wire.now(parent, RunRequested.class)).hasSize(3);
    assertThat(view(parent).text("followUps")).isEqualTo("0");
  }

  @Test
  void aTreeHasNoMoreThreadsThanItMayHoweverManyDelegateAtOnce() throws Exception {
    List<Answer> answers = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
      List<Future<Answer>> asked =
          IntStream.range(0, 24).mapToObj(i -> pool.submit(() -> delegate("task-" + i))).toList();
      for (Future<Answer> one : asked) {
        answers.add(one.get());
      }
    }
    assertThat(answers.stream().filter(one -> one.status() == 202)).hasSize(16);
    assertThat(answers.stream().filter(one -> one.status() != 202))
        .hasSize(8)
        .allMatch(one -> "delegation_too_many".equals(one.code()) && one.status() == 409);
    assertThat(children()).hasSize(16);
  }

  @Test
  void theSameTaskDelegatedAtOnceIsOneThread() throws Exception {
    List<JsonNode> answers = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(6)) {
      List<Future<Answer>> asked =
          IntStream.range(0, 6).mapToObj(_ -> pool.submit(() -> delegate("tests"))).toList();
      for (Future<Answer> one : asked) {
        assertThat(one.get().status()).isEqualTo(202);
        answers.add(one.get().body());
      }
    }
    assertThat(answers).containsOnly(answers.getFirst());
    assertThat(children()).hasSize(1);
  }

  @Test
  void aLineIsNoLongerThanItMayBeAlsoByWhatIsAdopted() {
    String at = parent;
    for (int depth = 1; depth <= 3; depth++) {
      at = delegateOf(at, "deeper", Map.of()).text("threadId");
      assertThat(view(at).text("delegation.depth")).isEqualTo(String.valueOf(depth));
      assertThat(view(at).text("delegation.root")).isEqualTo(parent);
    }
    assertThat(delegateOf(at, "deeper", Map.of()).code()).isEqualTo("delegation_too_deep");
    // A thread with a child is too long for the place of a leaf.
    String other = idleThread();
    delegateOf(other, "leaf", Map.of());
    String second = view(at).text("delegation.parent");
    assertThat(delegateOf(second, "adopt", Map.of("thread", other)).code())
        .isEqualTo("delegation_too_deep");
    assertThat(delegateOf(parent, "adopt", Map.of("thread", other)).status()).isEqualTo(202);
    String leaf = children(other).getFirst().get("threadId").asString();
    assertThat(view(leaf).text("delegation.depth")).isEqualTo("2");
    assertThat(view(leaf).text("delegation.root")).isEqualTo(parent);
    assertThat(view(parent).text("descendants.total")).isEqualTo("5");
  }

  @Test
  void aTreeIsNoLargerThanItMayBeWhereverItGrows() {
    String child = delegate("first").text("threadId");
    for (int i = 0; i < 16; i++) {
      assertThat(delegateOf(child, "task-" + i, Map.of()).status()).isEqualTo(202);
    }
    assertThat(delegate("second").status()).isEqualTo(202);
    String pair = idleThread();
    delegateOf(pair, "leaf", Map.of());
    Answer adopted = delegate("adopt", Map.of("thread", pair));
    assertThat(adopted.code()).as("19, and two more").isEqualTo("delegation_too_many");
    assertThat(adopted.text("limit")).isEqualTo("20");
    assertThat(delegate("third").status()).isEqualTo(202);
    assertThat(delegate("fourth").code()).isEqualTo("delegation_too_many");
    assertThat(view(parent).text("descendants.total")).isEqualTo("19");
  }

  @Test
  void aThreadIsAdoptedByOneAndNeverByThoseThatWorkForIt() {
    String adopted = idleThread();
    Answer made = delegate("adopted", Map.of("thread", adopted));
    assertThat(made.text("threadId")).isEqualTo(adopted);
    assertThat(made.text("disposition")).isEqualTo("started");
    assertThat(delegate("self", Map.of("thread", parent)).code()).isEqualTo("delegation_cycle");
    assertThat(delegateOf(adopted, "up", Map.of("thread", parent)).code())
        .isEqualTo("delegation_cycle");
    assertThat(delegateOf(idleThread(), "taken", Map.of("thread", adopted)).code())
        .isEqualTo("delegation_taken");
    String elsewhere = http.post("/api/threads", Map.of("project", project())).text("id");
    assertThat(delegate("elsewhere", Map.of("thread", elsewhere)).code())
        .isEqualTo("thread_of_other_project");
    assertThat(delegate("nobody", Map.of("thread", UUID.randomUUID().toString())).code())
        .isEqualTo("unknown_thread");
    String busy =
        http.post("/api/dispatch", Map.of("project", project, "prompt", "x")).text("threadId");
    Answer queued = delegate("busy", Map.of("thread", busy));
    assertThat(queued.text("disposition")).isEqualTo("queued");
    assertThat(delegate("busy", Map.of("thread", busy)).body()).isEqualTo(queued.body());
    String archived = idleThread();
    http.patch("/api/threads/" + archived, "{\"archived\":true}");
    assertThat(delegate("archived", Map.of("thread", archived)).code())
        .isEqualTo("thread_archived");
    assertThat(delegateOf(archived, "of-archived", Map.of()).code()).isEqualTo("thread_archived");
    live(adopted).mustBe(view(adopted));
  }

  @Test
  void whoStopsAThreadStopsAllThatWorksForItAndNothingGoesOnByItself() {
    Answer made = delegate("tests", Map.of("notify", true));
    String child = made.text("threadId");
    Answer deeper = delegateOf(child, "deeper", Map.of());
    String grandchild = deeper.text("threadId");
    http.post("/api/threads/" + child + "/messages", Map.of("text", "and then"));
    publish(run.stopping().changes());
    for (String one : List.of(child, grandchild)) {
      CancelRequested cancel = wire.await(one, CancelRequested.class, 1).getFirst();
      assertThat(cancel.reason()).isEqualTo("the thread that it works for was stopped");
      assertThat(view(one).text("status")).isEqualTo("stopping");
    }
    publish(run.cancelledBy("grace").changes());
    publish(TurnScripts.running(deeper).stopping().cancelledBy("grace").changes());
    publish(TurnScripts.running(made).stopping().cancelledBy("grace").changes());
    awaitIdle(child);
    awaitIdle(grandchild);
    awaitIdle(parent);
    assertThat(view(child).text("held.cause")).isEqualTo("parent_stopped");
    assertThat(view(parent).text("followUps")).as("it was stopped").isEqualTo("0");
    assertThat(wire.now(parent, RunRequested.class)).hasSize(1);
    assertThat(wire.now(child, CancelRequested.class)).hasSize(1);
    assertThat(children().getFirst().at("/result/status").asString()).isEqualTo("cancelled");
    live(child).mustBe(view(child));
    live(parent).mustBe(view(parent));

    http.postText("/api/threads/" + child + "/follow-ups/resume", "");
    assertThat(wire.await(child, RunRequested.class, 2).get(1).prompt()).isEqualTo("and then");
  }

  @Test
  void aStopOfAChildLeavesItsParentAlone() {
    Answer made = delegate("tests", Map.of("notify", true));
    publish(TurnScripts.running(made).stopping().cancelledBy("grace").changes());
    publish(run.changes());
    awaitIdle(made.text("threadId"));
    await().until(() -> "running".equals(view(parent).text("status")));
    assertThat(wire.now(parent, CancelRequested.class)).isEmpty();
    assertThat(view(parent).text("followUps")).as("the result comes").isEqualTo("1");
  }

  @Test
  void aThreadIsArchivedAndDeletedWithAllThatWorksForIt() {
    String child = delegate("tests").text("threadId");
    String grandchild = delegateOf(child, "deeper", Map.of()).text("threadId");
    assertThat(http.patch("/api/threads/" + parent, "{\"archived\":true}").status()).isEqualTo(200);
    for (String one : List.of(parent, child, grandchild)) {
      assertThat(view(one).text("archived")).isEqualTo("true");
      assertThat(view(one).text("status")).isEqualTo("stopping");
      assertThat(wire.await(one, CancelRequested.class, 1)).hasSize(1);
      live(one).mustBe(view(one));
    }
    Answer refused = http.delete("/api/threads/" + parent);
    assertThat(refused.code()).isEqualTo("thread_busy");
    publish(run.cancelledBy("ada").changes());
    awaitIdle(parent);
    assertThat(http.delete("/api/threads/" + parent).text("detail")).contains("works for it");
    for (String one : List.of(child, grandchild)) {
      RunRequested asked = wire.await(one, RunRequested.class, 1).getFirst();
      publish(TurnScripts.running(asked).cancelledBy("ada").changes());
      awaitIdle(one);
    }
    http.patch("/api/threads/" + parent, "{\"archived\":false}");
    assertThat(view(child).text("archived")).isEqualTo("true");
    assertThat(http.delete("/api/threads/" + parent).status()).isEqualTo(204);
    for (String one : List.of(parent, child, grandchild)) {
      assertThat(view(one).code()).isEqualTo("unknown_thread");
    }
  }

  @Test
  void theBudgetOfARootCountsAllThatWasDelegatedAndHoldsIt() {
    http.patch("/api/threads/" + parent, "{\"budget\":{\"tokens\":100}}");
    Answer made = delegate("tests");
    String child = made.text("threadId");
    SessionScript work = TurnScripts.running(made);
    TurnScripts.answers(work, "much", 90, 20, null);
    publish(work.completed().changes());
    awaitIdle(child);
    assertThat(delegate("docs").code()).isEqualTo("budget_reached");
    assertThat(children()).hasSize(1);
    Answer more = http.post("/api/threads/" + child + "/messages", Map.of("text", "more"));
    assertThat(more.text("disposition")).isEqualTo("queued");
    assertThat(view(child).text("held.reason"))
        .isEqualTo(
            "the budget of the thread %s, for which this one works, is spent, 110 of 100 tokens;"
                    .formatted(parent)
                + " raise it or clear it");
    http.patch("/api/threads/" + parent, "{\"budget\":{\"tokens\":1000}}");
    assertThat(view(child).text("status")).isEqualTo("queued");
    assertThat(wire.await(child, RunRequested.class, 2).get(1).prompt()).isEqualTo("more");
  }

  @Test
  void whatADescendantAsksShowsWhereItIsDelegated() {
    Answer made = delegate("tests");
    String child = made.text("threadId");
    ApprovalRequested ask =
        new ApprovalRequested(
            new ApprovalId(UUID.randomUUID()),
            ApprovalKind.APPROVAL,
            "shell",
            "Run it",
            "make",
            false,
            List.of(),
            false,
            null);
    publish(TurnScripts.running(made).asks(ask).changes());
    await().until(() -> "1".equals(view(child).text("pendingApprovals")));
    assertThat(view(parent).text("pendingApprovals")).isEqualTo("0");
    assertThat(view(parent).text("descendants.pendingApprovals")).isEqualTo("1");
    assertThat(items(http.get("/api/approvals?thread=" + parent))).isEmpty();
    List<JsonNode> shown =
        items(http.get("/api/approvals?state=pending&descendants=true&thread=" + parent));
    assertThat(shown).hasSize(1);
    assertThat(shown.getFirst().get("threadId").asString()).isEqualTo(child);
    assertThat(shown.getFirst().get("parentThreadId").asString()).isEqualTo(parent);
    assertThat(shown.getFirst().get("rootThreadId").asString()).isEqualTo(parent);
  }

  /** Records of many trees in one batch, and people who act on the same trees meanwhile. */
  @Test
  void endsOfChildrenAndStopsOfParentsDoNotWaitForOneAnother() throws Exception {
    List<String> parents = new ArrayList<>();
    List<Answer> children = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      String root = idleThread();
      parents.add(root);
      for (int j = 0; j < 4; j++) {
        children.add(delegateOf(root, "task-" + j, Map.of("notify", true)));
      }
    }
    List<SessionChanged> ends = new ArrayList<>();
    for (Answer child : children) {
      ends.addAll(TurnScripts.running(child).completed().changes());
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      List<Future<Answer>> archived =
          parents.stream()
              .map(root ->
                  pool.submit(() -> http.patch("/api/threads/" + root, "{\"archived\":true}")))
              .toList();
      publish(ends);
      for (Future<Answer> one : archived) {
        assertThat(one.get().status()).isEqualTo(200);
      }
    }
    for (Answer child : children) {
      String id = child.text("threadId");
      awaitIdle(id);
      assertThat(view(id).text("archived")).isEqualTo("true");
      live(id).mustBe(view(id));
    }
    for (String root : parents) {
      assertThat(children(root))
          .hasSize(4)
          .allMatch(one -> "completed".equals(one.at("/result/status").asString()));
      live(root).mustBe(view(root));
    }
  }

  private Answer delegate(String key) {
    return delegate(key, Map.of());
  }

  private Answer delegate(String key, Map<String, Object> more) {
    return delegateOf(parent, key, more);
  }

  private Answer delegateOf(String thread, String key, Map<String, Object> more) {
    Map<String, Object> body = new HashMap<>(more);
    body.put("key", key);
    body.put("text", "do " + key);
    return http.post("/api/threads/" + thread + "/children", body);
  }

  private String idleThread() {
    return http.post("/api/threads", Map.of("project", project)).text("id");
  }

  private List<JsonNode> children() {
    return children(parent);
  }

  private List<JsonNode> children(String thread) {
    return items(http.get("/api/threads/" + thread + "/children"));
  }

  private List<String> listed(String query) {
    return items(http.get("/api/threads?" + query)).stream()
        .map(one -> one.get("id").asString())
        .toList();
  }

  private List<ThreadChange.Child> toldOfChildren() {
    int told = Integer.parseInt(view(parent).text("feedVersion"));
    return wire.await(parent, ThreadChanged.class, told).stream()
        .flatMap(record -> record.changes().stream())
        .filter(ThreadChange.Child.class::isInstance)
        .map(ThreadChange.Child.class::cast)
        .toList();
  }

  private LiveCopy live(String thread) {
    int told = Integer.parseInt(view(thread).text("feedVersion"));
    return LiveCopy.of(wire.await(thread, ThreadChanged.class, told));
  }

  private Answer view(String thread) {
    return http.get("/api/threads/" + thread);
  }

  private void awaitIdle(String thread) {
    await().until(() -> "idle".equals(view(thread).text("status")));
  }

  private static List<String> keys(List<JsonNode> children) {
    return children.stream().map(one -> one.get("key").asString()).toList();
  }

  private static List<JsonNode> items(Answer page) {
    assertThat(page.status()).isEqualTo(200);
    return StreamSupport.stream(page.body().get("items").spliterator(), false).toList();
  }
}
