package dev.heddle.thread.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.Origin;
import dev.heddle.contracts.Priority;
import dev.heddle.contracts.Role;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.TraceRecord.TraceEvent;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import dev.heddle.thread.run.SessionScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

class DispatchIT extends ThreadServiceSetting {

  @Test
  void aDispatchMakesThreadMessageRunAndRequestAndSaysSoInOrder() {
    String project = project();
    Answer answer =
        http.post(
            "/api/dispatch",
            Map.of(
                "project", project,
                "prompt", "echo hello\nand more",
                "model", "large",
                "pool", "gpu",
                "labels", Map.of("os", "linux"),
                "priority", "urgent"));
    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.text("disposition")).isEqualTo("started");
    assertThat(answer.text("followUpId")).isNull();
    String thread = answer.text("threadId");
    assertThat(answer.header("Location")).contains("/api/threads/" + thread);

    Answer stored = http.get("/api/threads/" + thread);
    assertThat(stored.text("title")).isEqualTo("echo hello");
    assertThat(stored.text("status")).isEqualTo("queued");
    assertThat(stored.text("activeSession")).isEqualTo(answer.text("sessionId"));
    assertThat(stored.text("project")).isEqualTo(project);
    assertThat(stored.text("engine")).isEqualTo("command");
    assertThat(stored.text("model")).isEqualTo("large");
    assertThat(stored.text("placement.pool")).isEqualTo("gpu");
    assertThat(stored.text("branch")).isNull();
    assertThat(stored.text("createdBy")).isEqualTo("ada");
    assertThat(stored.body().get("messageCount").asInt()).isEqualTo(1);

    Answer messages = http.get("/api/threads/" + thread + "/messages");
    assertThat(messages.text("items.0.text")).isEqualTo("echo hello\nand more");
    assertThat(messages.text("items.0.role")).isEqualTo("user");
    assertThat(messages.text("items.0.id")).isEqualTo(answer.text("messageId"));
    Answer transitions = http.get("/api/threads/" + thread + "/transitions");
    assertThat(transitions.text("items.0.from")).isEqualTo("idle");
    assertThat(transitions.text("items.0.to")).isEqualTo("queued");
    assertThat(transitions.text("items.0.by")).isEqualTo("ada");

    RunRequested request = wire.await(thread, RunRequested.class, 1).getFirst();
    assertThat(request.sessionId()).hasToString(answer.text("sessionId"));
    assertThat(request.messageId()).hasToString(answer.text("messageId"));
    assertThat(request.prompt()).isEqualTo("echo hello\nand more");
    assertThat(request.project().name()).isEqualTo(project);
    assertThat(request.requirements().pool()).isEqualTo("gpu");
    assertThat(request.requirements().labels()).containsOnly(Map.entry("os", "linux"));
    assertThat(request.workspace()).isEqualTo(new WorkspaceSpec.Scratch());
    assertThat(request.priority()).isEqualTo(Priority.URGENT);
    assertThat(request.requestedBy()).isEqualTo("ada");
    TraceEvent event = wire.await(thread, TraceEvent.class, 1).getFirst();
    assertThat(event.origin()).isEqualTo(Origin.THREAD);
    assertThat(event.attempt()).isZero();
    assertThat(event.seq()).isEqualTo(1);
    assertThat(event.body())
        .isInstanceOfSatisfying(
            TraceBody.Message.class,
            message -> {
              assertThat(message.role()).isEqualTo(Role.USER);
              assertThat(message.text()).isEqualTo("echo hello\nand more");
            });
  }

  @Test
  void anUnknownIdMakesTheThreadOfThatIdAndAKnownOneIsUsed() {
    String project = project();
    String id = UUID.randomUUID().toString();
    Answer first =
        http.post("/api/dispatch", Map.of("project", project, "prompt", "one", "thread", id));
    assertThat(first.text("threadId")).isEqualTo(id);
    end(first);
    Answer second = http.post("/api/dispatch", Map.of("prompt", "two", "thread", id));
    assertThat(second.status()).isEqualTo(202);
    assertThat(second.text("threadId")).isEqualTo(id);
    assertThat(http.get("/api/threads/" + id + "/messages").body().get("items")).hasSize(2);
    assertThat(http.get("/api/threads/" + id).text("title")).isEqualTo("one");
  }

  @Test
  void settingsOfADispatchPersistForTheNextTurn() {
    Answer first =
        http.post(
            "/api/dispatch",
            Map.of(
                "project", project(), "prompt", "one", "engine", "codex", "model", "m1", "effort",
                "high", "machine", "box-1"));
    String id = first.text("threadId");
    end(first);
    assertThat(http.post("/api/threads/" + id + "/messages", Map.of("text", "two")).status())
        .isEqualTo(202);
    RunRequested second = wire.await(id, RunRequested.class, 2).get(1);
    assertThat(second.engine().name()).isEqualTo("codex");
    assertThat(second.engine().model()).isEqualTo("m1");
    assertThat(second.engine().effort()).isEqualTo("high");
    assertThat(second.requirements().machine()).hasToString("box-1");
  }

  @Test
  void aThreadOfARepositoryKeepsTheBranchOfItsFirstDispatch() {
    String project = fresh("repo");
    http.post(
        "/api/projects",
        Map.of("name", project, "repository", "file:///srv/r.git", "baseBranch", "main"));
    Answer first =
        http.post("/api/dispatch", Map.of("project", project, "prompt", "Fix the Login page!"));
    String id = first.text("threadId");
    String branch = "heddle/fix-the-login-page-" + id.substring(28);
    assertThat(http.get("/api/threads/" + id).text("branch")).isEqualTo(branch);
    end(first);
    http.patch("/api/threads/" + id, "{\"title\":\"Something else\"}");
    http.post("/api/threads/" + id + "/messages", Map.of("text", "again"));
    List<RunRequested> requests = wire.await(id, RunRequested.class, 2);
    assertThat(requests)
        .extracting(RunRequested::workspace)
        .containsOnly(new WorkspaceSpec.Worktree("file:///srv/r.git", "main", branch));
  }

  @Test
  void aProjectWithACheckoutIsWorkedOnInPlace() {
    String project = fresh("local");
    http.post(
        "/api/projects",
        Map.of("name", project, "repository", "file:///srv/r.git", "localPath", "/srv/checkout"));
    Answer answer = http.post("/api/dispatch", Map.of("project", project, "prompt", "x"));
    assertThat(wire.await(answer.text("threadId"), RunRequested.class, 1).getFirst().workspace())
        .isEqualTo(new WorkspaceSpec.LocalCheckout("/srv/checkout"));
  }

  @Test
  void fiftyAtOnceWithOneKeyMakeOneThreadOneSessionAndOneMessage() throws Exception {
    Map<String, String> body = Map.of("project", project(), "prompt", "once");
    String key = UUID.randomUUID().toString();
    Map<String, Long> before = rows();
    List<Answer> answers =
        atOnce(50, i -> http.post("/api/dispatch", body, "Idempotency-Key", key));
    assertThat(answers).allMatch(answer -> answer.status() == 202);
    assertThat(answers.stream().map(a -> a.body().toString()).distinct()).hasSize(1);
    Map<String, Long> after = rows();
    for (String table : List.of("thread", "thread_run", "message", "transition")) {
      assertThat(after.get(table) - before.get(table)).as(table).isEqualTo(1);
    }
    String thread = answers.getFirst().text("threadId");
    wire.await(thread, RunRequested.class, 1);
    assertThat(wire.now(thread, RunRequested.class)).hasSize(1);
  }

  @Test
  void aKeyOfAnotherRequestIsRefused() {
    String project = project();
    String key = UUID.randomUUID().toString();
    http.post("/api/dispatch", Map.of("project", project, "prompt", "a"), "Idempotency-Key", key);
    Answer other =
        http.post(
            "/api/dispatch", Map.of("project", project, "prompt", "b"), "Idempotency-Key", key);
    assertThat(other.status()).isEqualTo(422);
    assertThat(other.code()).isEqualTo("idempotency_key_reused");
  }

  @Test
  void ofManyAtOnceOnOneThreadExactlyOneWins() throws Exception {
    String id = UUID.randomUUID().toString();
    String project = project();
    Map<String, Long> before = rows();
    List<Answer> answers =
        atOnce(
            20,
            i ->
                http.post(
                    "/api/dispatch",
                    Map.of(
                        "project", project, "prompt", "p" + i, "thread", id, "ifBusy", "reject")));
    assertThat(answers.stream().filter(a -> a.status() == 202)).hasSize(1);
    assertThat(answers.stream().filter(a -> "thread_busy".equals(a.code()))).hasSize(19);
    Map<String, Long> after = rows();
    assertThat(after.get("thread") - before.get("thread")).isEqualTo(1);
    assertThat(after.get("message") - before.get("message")).isEqualTo(1);
    assertThat(wire.await(id, RunRequested.class, 1)).hasSize(1);
  }

  @Test
  void ofManyMessagesAtOnceToAnIdleThreadExactlyOneWins() throws Exception {
    Answer first = http.post("/api/dispatch", Map.of("project", project(), "prompt", "x"));
    String id = first.text("threadId");
    end(first);
    List<Answer> answers =
        atOnce(
            20,
            i ->
                http.post(
                    "/api/threads/" + id + "/messages",
                    Map.of("text", "p" + i, "ifBusy", "reject")));
    assertThat(answers.stream().filter(a -> a.status() == 202)).hasSize(1);
    assertThat(answers.stream().filter(a -> "thread_busy".equals(a.code()))).hasSize(19);
    assertThat(http.get("/api/threads/" + id).body().get("messageCount").asInt()).isEqualTo(2);
  }

  @Test
  void ofManyMessagesAtOnceOneIsAnsweredAndTheOthersWaitUnlessToldOtherwise() throws Exception {
    String id = UUID.randomUUID().toString();
    String project = project();
    List<Answer> answers =
        atOnce(
            20,
            i ->
                http.post(
                    "/api/dispatch", Map.of("project", project, "prompt", "p" + i, "thread", id)));
    assertThat(answers).allMatch(answer -> answer.status() == 202);
    assertThat(answers.stream().filter(a -> "started".equals(a.text("disposition")))).hasSize(1);
    assertThat(answers.stream().map(a -> a.text("followUpId")).filter(Objects::nonNull).distinct())
        .hasSize(19);
    assertThat(http.get("/api/threads/" + id).text("followUps")).isEqualTo("19");
    assertThat(http.get("/api/threads/" + id).body().get("messageCount").asInt()).isEqualTo(1);
    assertThat(wire.await(id, RunRequested.class, 1)).hasSize(1);
  }

  @Test
  void aFailureAtTheLastStatementLeavesNothing() {
    String project = project();
    String thread = UUID.randomUUID().toString();
    Map<String, Long> before = rows();
    Answer answer =
        whileRefusing(
            "outbox",
            "when (new.topic = 'session.requested')",
            () ->
                http.post(
                    "/api/dispatch",
                    Map.of("project", project, "prompt", "x", "thread", thread),
                    "Idempotency-Key",
                    UUID.randomUUID().toString()));
    assertThat(answer.status()).isEqualTo(500);
    assertThat(rows()).isEqualTo(before);
    // The next dispatch of that thread is in every way the first one.
    http.post("/api/dispatch", Map.of("project", project, "prompt", "y", "thread", thread));
    assertThat(wire.await(thread, RunRequested.class, 1)).hasSize(1);
    assertThat(wire.now(thread, TraceEvent.class)).hasSize(1);
  }

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void aPromptIsNotLoggedEvenWhenTheDatabaseRefusesIt(CapturedOutput output) {
    String project = project();
    Answer answer =
        whileRefusing(
            "message",
            "",
            () ->
                http.post("/api/dispatch", Map.of("project", project, "prompt", "my secret plan")));
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.body().toString()).doesNotContain("secret plan");
    assertThat(output.getAll()).contains("the disk is full").doesNotContain("secret plan");
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        Arguments.of("{\"project\":", 400, "malformed_json"),
        Arguments.of("[]", 400, "validation_failed"),
        Arguments.of("{\"project\":\"P\",\"prompt\":\"x\",\"promt\":1}", 400, "validation_failed"),
        Arguments.of("{\"project\":\"nobody\",\"prompt\":\"x\"}", 404, "unknown_project"),
        Arguments.of("{\"prompt\":\"x\"}", 400, "project_required"),
        Arguments.of("{\"project\":\"P\"}", 400, "empty_prompt"),
        Arguments.of("{\"project\":\"P\",\"prompt\":\" \"}", 400, "empty_prompt"),
        Arguments.of(
            "{\"project\":\"P\",\"prompt\":\"" + "é".repeat(131_073) + "\"}",
            413,
            "prompt_too_large"),
        Arguments.of("{\"project\":\"P\",\"prompt\":\"a\\u0000b\"}", 400, "invalid_text"),
        Arguments.of("{\"project\":\"P\",\"prompt\":\"a\\ud800b\"}", 400, "invalid_text"),
        Arguments.of(
            "{\"project\":\"P\",\"prompt\":\"x\",\"engine\":\"No Good\"}", 400, "invalid_engine"),
        Arguments.of(
            "{\"project\":\"P\",\"prompt\":\"x\",\"pool\":\"No Good\"}", 400, "invalid_pool"),
        Arguments.of(
            "{\"project\":\"P\",\"prompt\":\"x\",\"machine\":\"No Good\"}", 400, "invalid_machine"),
        Arguments.of(
            "{\"project\":\"P\",\"prompt\":\"x\",\"labels\":{\"a\":\"no good\"}}",
            400,
            "invalid_label"),
        Arguments.of(
            "{\"project\":\"P\",\"prompt\":\"x\",\"labels\":\"a=b\"}", 400, "validation_failed"),
        Arguments.of(
            "{\"project\":\"P\",\"prompt\":\"x\",\"priority\":\"high\"}", 400, "invalid_priority"),
        Arguments.of(
            "{\"project\":\"P\",\"prompt\":\"x\",\"ifBusy\":\"wait\"}", 400, "invalid_if_busy"),
        Arguments.of(
            "{\"project\":\"P\",\"prompt\":\"x\",\"thread\":\"7\"}", 400, "invalid_thread"),
        Arguments.of("{\"project\":\"P\",\"prompt\":\"x\",\"title\":\" \"}", 400, "invalid_title"),
        Arguments.of(
            "{\"project\":\"P\",\"prompt\":\"x\",\"engine\":\"codex\",\"command\":[\"x\"]}",
            400,
            "invalid_command"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void aRefusalHasItsCodeAndWritesNothing(String body, int status, String code) {
    String project = project();
    Map<String, Long> before = rows();
    Answer answer = http.postText("/api/dispatch", body.replace("\"P\"", '"' + project + '"'));
    assertThat(answer.code()).isEqualTo(code);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
    assertThat(rows()).isEqualTo(before);
  }

  @Test
  void anUnknownFieldIsRefusedByItsName() {
    Answer answer =
        http.post("/api/dispatch", Map.of("project", project(), "prompt", "x", "promt", "y"));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("errors.0.field")).isEqualTo("promt");
  }

  @Test
  void threadsThatCannotTakeAMessageSayWhy() {
    String project = project();
    Answer first = http.post("/api/dispatch", Map.of("project", project, "prompt", "x"));
    String id = first.text("threadId");
    Map<String, Long> before = rows();

    Answer busy =
        http.post("/api/threads/" + id + "/messages", Map.of("text", "y", "ifBusy", "reject"));
    assertThat(busy.status()).isEqualTo(409);
    assertThat(busy.code()).isEqualTo("thread_busy");
    assertThat(busy.text("status")).isEqualTo("queued");
    assertThat(busy.text("activeSession")).isEqualTo(first.text("sessionId"));
    Answer unknown =
        http.post("/api/threads/" + UUID.randomUUID() + "/messages", Map.of("text", "y"));
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.code()).isEqualTo("unknown_thread");
    assertThat(rows()).isEqualTo(before);

    String other = project();
    Answer foreign =
        http.post("/api/dispatch", Map.of("project", other, "prompt", "x", "thread", id));
    assertThat(foreign.status()).isEqualTo(409);
    assertThat(foreign.code()).isEqualTo("thread_of_other_project");

    end(first);
    http.patch("/api/threads/" + id, "{\"archived\":true}");
    Answer archived = http.post("/api/threads/" + id + "/messages", Map.of("text", "y"));
    assertThat(archived.status()).isEqualTo(409);
    assertThat(archived.code()).isEqualTo("thread_archived");
    http.patch("/api/threads/" + id, "{\"archived\":false}");
    assertThat(http.post("/api/threads/" + id + "/messages", Map.of("text", "y")).status())
        .isEqualTo(202);
  }

  @Test
  void anEngineThatNobodyKnowsIsAcceptedAndWaits() {
    Answer answer =
        http.post(
            "/api/dispatch",
            Map.of("project", project(), "prompt", "x", "engine", "yet-to-be-written"));
    assertThat(answer.status()).isEqualTo(202);
  }

  @Test
  void aPromptOfTheLargestSizeIsAcceptedHoweverItIsEscaped() {
    String project = project();
    String escaped = "\\u00e9".repeat(128 * 1024);
    Answer answer =
        http.postText(
            "/api/dispatch", "{\"project\":\"" + project + "\",\"prompt\":\"" + escaped + "\"}");
    assertThat(answer.status()).isEqualTo(202);
    assertThat(wire.await(answer.text("threadId"), RunRequested.class, 1).getFirst().prompt())
        .isEqualTo("é".repeat(128 * 1024));
  }

  @Test
  void dispatchesAreCountedByHowTheyWereAnswered() {
    String project = project();
    double accepted = metric("accepted");
    double refused = metric("empty_prompt");
    http.post("/api/dispatch", Map.of("project", project, "prompt", "x"));
    http.post("/api/dispatch", Map.of("project", project, "prompt", ""));
    assertThat(metric("accepted")).isEqualTo(accepted + 1);
    assertThat(metric("empty_prompt")).isEqualTo(refused + 1);
  }

  /** Lets every insert into a table fail while a request is made. */
  private Answer whileRefusing(String table, String when, Supplier<Answer> request) {
    jdbc.sql(
            """
            create function refuse() returns trigger language plpgsql as
            $$ begin raise exception 'the disk is full'; end $$
            """)
        .update();
    try {
      jdbc.sql(
              "create trigger refuse before insert on %s for each row %s execute function refuse()"
                  .formatted(table, when))
          .update();
      return request.get();
    } finally {
      jdbc.sql("drop function refuse cascade").update();
    }
  }

  private double metric(String result) {
    String name = "heddle_thread_dispatches_total";
    return as(null)
        .getText("/actuator/prometheus")
        .lines()
        .filter(line -> line.startsWith(name) && line.contains("result=\"" + result + "\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** Lets the run of a dispatch complete. */
  private void end(Answer dispatched) {
    String thread = dispatched.text("threadId");
    publish(
        new SessionScript(ThreadId.of(thread), SessionId.of(dispatched.text("sessionId")))
            .queued()
            .claimed("worker-1")
            .completed()
            .changes());
    Awaitility.await()
        .until(() -> "idle".equals(http.get("/api/threads/" + thread).text("status")));
    assertThat(wire.now(thread, SessionRequest.class)).isNotEmpty();
  }

  private static List<Answer> atOnce(int count, java.util.function.IntFunction<Answer> request)
      throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
      List<Future<Answer>> running = new ArrayList<>();
      for (int i : IntStream.range(0, count).toArray()) {
        Callable<Answer> task =
            () -> {
              start.await();
              return request.apply(i);
            };
        running.add(threads.submit(task));
      }
      start.countDown();
      List<Answer> answers = new ArrayList<>();
      for (Future<Answer> answer : running) {
        answers.add(answer.get());
      }
      return answers;
    }
  }
}
