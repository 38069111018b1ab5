package dev.heddle.thread.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.ThreadChanged;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import dev.heddle.thread.TurnScripts;
import dev.heddle.thread.feed.LiveCopy;
import dev.heddle.thread.run.SessionScript;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BudgetIT extends ThreadServiceSetting {

  /** How many are let go on in the transaction that raises a budget, unless it is configured. */
  private static final int BATCH = 100;

  private String project;
  private String thread;
  private SessionScript run;

  @BeforeEach
  void aRun() {
    project = project();
    Answer dispatched = dispatch("one");
    thread = dispatched.text("threadId");
    run = TurnScripts.running(dispatched);
  }

  @Test
  void aSpentBudgetEndsNothingButHoldsWhatComesNextUntilItIsRaised() {
    assertThat(patch("{\"budget\":{\"tokens\":100}}").text("budget.tokens")).isEqualTo("100");
    say("two");
    TurnScripts.answers(run, "much", 90, 30, null);
    publish(run.changes());
    await().until(() -> "90".equals(view().text("usage.inputTokens")));
    assertThat(view().text("status")).as("what runs goes on").isEqualTo("running");
    assertThat(queue().text("held.cause")).as("known before the end").isEqualTo("budget");
    publish(run.completed().changes());
    awaitIdle();
    assertThat(view().text("held.cause")).isEqualTo("budget");
    assertThat(view().text("held.reason"))
        .isEqualTo("the budget of the thread is spent, 120 of 100 tokens; raise it or clear it");

    Answer three = say("three");
    assertThat(three.status()).isEqualTo(202);
    assertThat(three.text("disposition")).isEqualTo("queued");
    assertThat(queue().body().get("items")).hasSize(2);
    assertThat(wire.now(thread, RunRequested.class)).hasSize(1);

    patch("{\"budget\":{\"tokens\":119}}");
    assertThat(view().text("held.reason")).contains("120 of 119 tokens");
    patch("{\"budget\":{\"tokens\":1000}}");
    assertThat(view().text("status")).as("in that transaction").isEqualTo("queued");
    List<RunRequested> asked = wire.await(thread, RunRequested.class, 2);
    assertThat(asked.get(1).prompt()).isEqualTo("two");
    complete(asked.get(1));
    assertThat(wire.await(thread, RunRequested.class, 3).get(2).prompt()).isEqualTo("three");
    assertThat(wire.now(thread, RunRequested.class)).hasSize(3);
    LiveCopy.of(
            wire.await(thread, ThreadChanged.class, Integer.parseInt(view().text("feedVersion"))))
        .mustBe(view());
  }

  @Test
  void whatDoesNotWaitIsRefused() {
    patch("{\"budget\":{\"costUsd\":0.5}}");
    TurnScripts.answers(run, "dear", 1, 1, 0.5);
    publish(run.completed().changes());
    awaitIdle();
    Answer answer = http.get("/api/threads/" + thread + "/messages");
    String said = answer.body().get("items").get(0).get("id").asString();
    String answered = answer.body().get("items").get(1).get("id").asString();
    String messages = "/api/threads/" + thread + "/messages";
    long transitions = count("select count(*) from transition");
    assertReached(http.post(messages, Map.of("text", "two", "ifBusy", "reject")));
    assertReached(http.post(messages + "/" + answered + "/regenerate", Map.of()));
    assertReached(http.post(messages + "/" + said + "/edit", Map.of("text", "other")));
    assertThat(count("select count(*) from transition")).isEqualTo(transitions);

    Answer added = http.post("/api/threads/" + thread + "/follow-ups", Map.of("text", "three"));
    assertThat(added.text("status")).isEqualTo("queued");
    assertThat(view().text("held.reason")).contains("0.50 of 0.50 US dollars");
    assertReached(http.postText("/api/threads/" + thread + "/follow-ups/resume", ""));
    assertReached(
        http.postText("/api/threads/" + thread + "/follow-ups/" + added.text("id") + "/send", ""));
    patch("{\"budget\":null}");
    assertThat(wire.await(thread, RunRequested.class, 2).get(1).prompt()).isEqualTo("three");
    assertThat(view().text("budget")).isNull();
  }

  @Test
  void whatIsSaidToAThreadThatAFailureHoldsComesFirst() {
    patch("{\"budget\":{\"tokens\":1}}");
    say("two");
    TurnScripts.answers(run, "much", 5, 0, null);
    publish(run.failed("broken", "out of memory").changes());
    awaitIdle();
    assertThat(view().text("held.cause")).isEqualTo("run_failed");
    say("between");
    assertThat(view().text("held.cause")).isEqualTo("budget");
    patch("{\"budget\":null}");
    assertThat(wire.await(thread, RunRequested.class, 2).get(1).prompt()).isEqualTo("between");
    assertThat(queue().body().get("items")).hasSize(1);
  }

  @Test
  void theBudgetOfAProjectHoldsAllItsThreadsAndLetsEachGoOn() {
    Answer patched =
        http.patch("/api/projects/" + project, "{\"budget\":{\"tokens\":10,\"costUsd\":99}}");
    assertThat(patched.text("budget.costUsd")).isEqualTo("99.0");
    TurnScripts.answers(run, "much", 9, 1, null);
    publish(run.completed().changes());
    awaitIdle();
    List<String> waiting = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Answer held = dispatch("new " + i);
      assertThat(held.text("disposition")).isEqualTo("queued");
      assertThat(held.text("followUpId")).isNotNull();
      waiting.add(held.text("threadId"));
    }
    assertThat(http.get("/api/threads/" + waiting.getFirst()).text("held.reason"))
        .isEqualTo(
            "the budget of the project %s is spent, 10 of 10 tokens; raise it or clear it"
                .formatted(project));
    Answer elsewhere = http.post("/api/dispatch", Map.of("project", project(), "prompt", "x"));
    assertThat(elsewhere.text("disposition")).isEqualTo("started");

    http.patch("/api/projects/" + project, "{\"budget\":{\"tokens\":1000}}");
    for (String one : waiting) {
      assertThat(http.get("/api/threads/" + one).text("status")).isEqualTo("queued");
      assertThat(wire.await(one, RunRequested.class, 1)).hasSize(1);
    }
    assertThat(http.get("/api/projects/" + project).text("budget.tokens")).isEqualTo("1000");
  }

  @Test
  void moreThreadsThanOneBatchGoOnOnceTheBudgetOfTheirProjectIsRaised() {
    http.patch("/api/projects/" + project, "{\"budget\":{\"tokens\":10}}");
    TurnScripts.answers(run, "much", 9, 1, null);
    publish(run.completed().changes());
    awaitIdle();
    List<String> waiting = new ArrayList<>();
    for (int i = 0; i < BATCH + 30; i++) {
      Answer held = dispatch("new " + i);
      assertThat(held.text("disposition")).isEqualTo("queued");
      waiting.add(held.text("threadId"));
    }

    http.patch("/api/projects/" + project, "{\"budget\":{\"tokens\":1000}}");

    await("each of them to be asked for")
        .atMost(Duration.ofSeconds(60))
        .until(() -> waiting.stream().allMatch(one -> asked(one) == 1));
    assertThat(count("select count(*) from thread_run where held_by = 'BUDGET'")).isZero();
  }

  private int asked(String waiting) {
    return wire.now(waiting, RunRequested.class).size();
  }

  @Test
  void aNewThreadTakesItsBudgetWithItsFirstMessage() {
    Answer made =
        http.post(
            "/api/dispatch",
            Map.of("project", project, "prompt", "x", "budget", Map.of("tokens", 7)));
    assertThat(made.status()).isEqualTo(202);
    String limited = made.text("threadId");
    assertThat(http.get("/api/threads/" + limited).text("budget.tokens")).isEqualTo("7");
    SessionScript spending = TurnScripts.running(made);
    TurnScripts.answers(spending, "much", 5, 2, null);
    publish(spending.completed().changes());
    await().until(() -> "idle".equals(http.get("/api/threads/" + limited).text("status")));
    Answer held = http.post("/api/threads/" + limited + "/messages", Map.of("text", "y"));
    assertThat(held.text("disposition")).isEqualTo("queued");
    assertThat(http.get("/api/threads/" + limited).text("held.reason")).contains("7 of 7 tokens");

    Map<String, Object> again =
        Map.of("thread", limited, "prompt", "z", "budget", Map.of("tokens", 70));
    assertThat(http.post("/api/dispatch", again).code()).isEqualTo("invalid_budget");
    Map<String, Object> none =
        Map.of("project", project, "prompt", "z", "budget", Map.of("tokens", 0));
    assertThat(http.post("/api/dispatch", none).code()).isEqualTo("invalid_budget");
  }

  @Test
  void aThreadThatNobodySawToGoesOnByItself() {
    patch("{\"budget\":{\"tokens\":1}}");
    TurnScripts.answers(run, "much", 5, 0, null);
    publish(run.completed().changes());
    awaitIdle();
    say("two");
    assertThat(view().text("held.cause")).isEqualTo("budget");
    // As a dispatch leaves it that had read the budget before it was raised.
    jdbc.sql(
            """
            with told as (update thread_feed set version = version where thread_id = :id::uuid)
            update thread set budget_tokens = null where id = :id::uuid
            """)
        .param("id", thread)
        .update();
    assertThat(wire.await(thread, RunRequested.class, 2).get(1).prompt()).isEqualTo("two");
    assertThat(view().text("held")).isNull();
  }

  @Test
  void aBudgetThatIsNoneIsRefused() {
    assertThat(patch("{\"budget\":{\"tokens\":0}}").code()).isEqualTo("invalid_budget");
    assertThat(patch("{\"budget\":{\"euros\":1}}").code()).isEqualTo("validation_failed");
    assertThat(
            http.post(
                    "/api/projects",
                    Map.of("name", fresh("budget"), "budget", Map.of("costUsd", -1)))
                .code())
        .isEqualTo("invalid_budget");
    Answer made =
        http.post("/api/threads", Map.of("project", project, "budget", Map.of("tokens", 5)));
    assertThat(made.text("budget.tokens")).isEqualTo("5");
  }

  private static void assertReached(Answer answer) {
    assertThat(answer.code()).isEqualTo("budget_reached");
    assertThat(answer.status()).isEqualTo(409);
  }

  private void complete(RunRequested request) {
    publish(TurnScripts.running(request).completed().changes());
  }

  private Answer dispatch(String prompt) {
    return http.post("/api/dispatch", Map.of("project", project, "prompt", prompt));
  }

  private Answer say(String text) {
    return http.post("/api/threads/" + thread + "/messages", Map.of("text", text));
  }

  private Answer patch(String patch) {
    return http.patch("/api/threads/" + thread, patch);
  }

  private Answer queue() {
    return http.get("/api/threads/" + thread + "/follow-ups");
  }

  private Answer view() {
    return http.get("/api/threads/" + thread);
  }

  private void awaitIdle() {
    await().until(() -> "idle".equals(view().text("status")));
  }
}
