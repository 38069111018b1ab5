package dev.heddle.worker;

import static dev.heddle.worker.HeardWorkers.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.Decision;
import dev.heddle.contracts.DelegationReply;
import dev.heddle.contracts.NoticeLevel;
import dev.heddle.contracts.Outcome;
import dev.heddle.contracts.Plan;
import dev.heddle.contracts.PlanTaskStatus;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionFact.ApprovalRequested;
import dev.heddle.contracts.SessionFact.ApprovalWithdrawn;
import dev.heddle.contracts.SessionFact.AttemptEnded;
import dev.heddle.contracts.SessionFact.CommandAnswered;
import dev.heddle.contracts.SessionFact.DelegationRequested;
import dev.heddle.contracts.SessionFact.DelegationSettled;
import dev.heddle.contracts.SessionFact.PlanUpdated;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TraceBody.Notice;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.messaging.Json;
import dev.heddle.worker.engine.Engine;
import dev.heddle.worker.engine.EngineListener;
import dev.heddle.worker.engine.EngineRun;
import dev.heddle.worker.engine.EngineTask;
import dev.heddle.worker.engine.ToolClient;
import dev.heddle.worker.engine.ToolServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What engines do with Heddle's own tools, called over HTTP by the SDK's client. */
@Timeout(300)
class ToolsIT extends OneWorker {

  private static final String POOL = "tools";
  private static final ServedEngine ENGINE = new ServedEngine();

  @BeforeAll
  static void start() {
    start(POOL, List.of(ENGINE));
  }

  /** Runs until it is told to end; what is called in its name a test calls. */
  private static final class ServedEngine implements Engine {

    private final BlockingQueue<Served> begun = new LinkedBlockingQueue<>();

    @Override
    public String name() {
      return "served";
    }

    @Override
    public @Nullable String version() {
      return null;
    }

    @Override
    public boolean takesTools() {
      return true;
    }

    @Override
    public EngineRun start(EngineTask task, EngineListener listener) {
      Served run = new Served(task);
      listener.started(null);
      begun.add(run);
      return run;
    }
  }

  private record Served(
      EngineTask task, CompletableFuture<Result> done, List<CompletableFuture<?>> calls)
      implements EngineRun {

    Served(EngineTask task) {
      this(task, new CompletableFuture<>(), new CopyOnWriteArrayList<>());
    }

    ToolServer tools() {
      return task.tools();
    }

    void exit(int code) {
      done.complete(new Result(code, Duration.ZERO, null));
    }

    @Override
    public void tick(long deadline) {}

    /** As engines do, it hears what becomes of its calls before it goes. */
    @Override
    public void terminate() {
      var _ =
          CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new))
              .whenComplete((_, _) -> exit(143));
    }

    @Override
    public void kill() {
      exit(137);
    }
  }

  /** A run whose engine is there. */
  private record Run(SessionOffered offer, ClaimMade claim, Served engine) {

    CompletableFuture<ToolClient.Answer> call(String tool, String arguments) {
      return start(() -> {
        try (ToolClient client = new ToolClient(engine.tools())) {
          return client.call(tool, arguments);
        }
      });
    }

    /** Not on the common pool, which the client needs for itself. */
    CompletableFuture<ToolClient.Answer> start(Supplier<ToolClient.Answer> call) {
      CompletableFuture<ToolClient.Answer> told = new CompletableFuture<>();
      engine.calls.add(told);
      Thread.ofVirtual()
          .start(() -> {
            try {
              told.complete(call.get());
            } catch (RuntimeException e) {
              told.completeExceptionally(e);
            }
          });
      return told;
    }

    List<SessionFact> facts() {
      return sessions.factsOf(offer);
    }

    <T extends SessionFact> T fact(Class<T> type) {
      return sessions.awaitFact(offer, type);
    }

    AttemptEnded end() {
      engine.exit(0);
      return fact(AttemptEnded.class);
    }

    boolean waits() {
      return worker.ledger().runs().stream().anyMatch(one -> one.waits());
    }
  }

  private static Run run() {
    SessionOffered offer =
        sessions.offer(POOL, new WorkspaceSpec.Scratch(), LONG, "served", Map.of());
    sessions.toMachine(worker.id, offer);
    ClaimMade claim = sessions.claimOf(offer);
    sessions.grant(offer, claim, "prompt");
    try {
      Served engine = ENGINE.begun.poll(30, TimeUnit.SECONDS);
      assertThat(engine).isNotNull();
      return new Run(offer, claim, engine);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ToolClient.Answer get(CompletableFuture<ToolClient.Answer> told) throws Exception {
    return told.get(30, TimeUnit.SECONDS);
  }

  @Test
  void theToolsAreListedWithWhatTheyTake() {
    Run run = run();
    try (ToolClient client = new ToolClient(run.engine.tools())) {
      assertThat(client.tools())
          .extracting(tool -> tool.name())
          .containsExactly("report_progress", "update_plan", "ask_person", "delegate");
      assertThat(client.tools())
          .allSatisfy(tool -> {
            assertThat(tool.description()).isNotBlank();
            assertThat(tool.inputSchema()).containsKeys("properties", "required");
          });
    }
    assertThat(run.end().outcome()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  void progressIsANoticeInTheTimeline() throws Exception {
    Run run = run();
    assertThat(get(run.call("report_progress", "{\"text\": \"half of it\", \"percent\": 50}")))
        .isEqualTo(new ToolClient.Answer(false, "Noted."));
    get(run.call("report_progress", "{\"text\": \"all of it\"}"));
    run.end();
    assertThat(sessions.tracesOf(run.offer))
        .extracting(event -> event.body())
        .containsSubsequence(
            new Notice(NoticeLevel.INFO, "50 %: half of it"),
            new Notice(NoticeLevel.INFO, "all of it"));
  }

  @Test
  void aPlanIsAFactOfTheRun() throws Exception {
    Run run = run();
    get(
        run.call(
            "update_plan",
            """
            {"document": "# Plan", "tasks": [{"title": "read", "status": "completed"},
             {"title": "write", "status": "in_progress"}]}
            """));
    assertThat(run.fact(PlanUpdated.class).plan())
        .isEqualTo(
            new Plan(
                "# Plan",
                List.of(
                    new Plan.Task("read", PlanTaskStatus.COMPLETED),
                    new Plan.Task("write", PlanTaskStatus.IN_PROGRESS)),
                List.of()));
    run.end();
  }

  @Test
  void whatAToolCannotTakeIsRefusedInWordsAndChangesNothing() throws Exception {
    Run run = run();
    for (List<String> call :
        List.of(
            List.of("report_progress", "{\"text\": \"  \"}", "text is missing or empty"),
            List.of("report_progress", "{\"text\": \"x\", \"percent\": 101}", "percent"),
            List.of("report_progress", "{\"text\": \"" + "x".repeat(5_000) + "\"}", "4096"),
            List.of("update_plan", "{\"tasks\": [{\"title\": \"a\", \"status\": \"odd\"}]}", "tus"),
            List.of("update_plan", "{}", "tasks"),
            List.of("ask_person", "{\"question\": \"?\", \"allow_free_text\": false}", "options"),
            List.of("delegate", "{\"prompt\": \"do it\"}", "key"))) {
      ToolClient.Answer answer = get(run.call(call.get(0), call.get(1)));
      assertThat(answer.refused()).as(call.toString()).isTrue();
      assertThat(answer.text()).contains(call.get(2));
    }
    run.end();
    assertThat(run.facts())
        .noneMatch(fact -> fact instanceof PlanUpdated || fact instanceof ApprovalRequested);
    assertThat(sessions.tracesOf(run.offer)).noneMatch(event -> event.body() instanceof Notice);
  }

  @Test
  void aQuestionWaitsForThePersonWithoutASlotAndIsToldTheAnswer() throws Exception {
    Run run = run();
    CompletableFuture<ToolClient.Answer> told =
        run.call(
            "ask_person",
            """
            {"question": "Which database?\\nThere are two.", "options": ["PostgreSQL", "SQLite"]}
            """);
    ApprovalRequested asked = run.fact(ApprovalRequested.class);
    assertThat(asked.title()).isEqualTo("Which database?");
    assertThat(asked.input()).isEqualTo("Which database?\nThere are two.");
    assertThat(asked.freeText()).isTrue();
    assertThat(asked.options())
        .extracting(option -> option.label())
        .containsExactly("PostgreSQL", "SQLite");
    await().atMost(LONG).until(run::waits);
    assertThat(told).isNotDone();

    CommandId command = sessions.command();
    sessions.decide(
        run.claim,
        command,
        new Decision(
            asked.approvalId(),
            Decision.Verdict.ALLOWED,
            "2",
            Decision.Scope.ONCE,
            "for now",
            null));

    assertThat(get(told))
        .isEqualTo(
            new ToolClient.Answer(false, "The person chose: SQLite\nThe person added: for now"));
    assertThat(run.fact(CommandAnswered.class).accepted()).isTrue();
    assertThat(run.waits()).isFalse();
    run.end();
  }

  @Test
  void aQuestionThatIsOpenWhenTheRunEndsIsWithdrawn() throws Exception {
    Run run = run();
    CompletableFuture<ToolClient.Answer> told =
        run.call("ask_person", "{\"question\": \"Still there?\"}");
    ApprovalRequested asked = run.fact(ApprovalRequested.class);
    sessions.cancel(run.claim);
    assertThat(get(told))
        .isEqualTo(new ToolClient.Answer(true, "nobody answers: cancelled by ada"));
    assertThat(run.fact(AttemptEnded.class).outcome()).isEqualTo(Outcome.CANCELLED);
    assertThat(run.facts()).contains(new ApprovalWithdrawn(asked.approvalId(), "cancelled by ada"));
  }

  @Test
  void whoWaitsIsToldThatItGoesOn() throws Exception {
    Run run = run();
    try (ToolClient client = new ToolClient(run.engine.tools())) {
      CompletableFuture<ToolClient.Answer> told =
          run.start(() -> client.call("ask_person", "{\"question\": \"Anybody?\"}"));
      await().atMost(LONG).until(() -> client.progress.contains("waiting for a person to answer"));
      sessions.cancel(run.claim);
      assertThat(get(told).refused()).isTrue();
    }
  }

  @Test
  void aQuestionOfWhichNobodyWaitsAnyMoreIsWithdrawn() throws Exception {
    Run run = run();
    HttpClient http = HttpClient.newHttpClient();
    String session = initialize(http, run.engine.tools());
    CompletableFuture<HttpResponse<Void>> call =
        http.sendAsync(
            post(run.engine.tools(), session)
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        """
                        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params":
                         {"name": "ask_person", "arguments": {"question": "Hello?"}}}
                        """))
                .build(),
            HttpResponse.BodyHandlers.discarding());
    ApprovalRequested asked = run.fact(ApprovalRequested.class);
    http.shutdownNow();
    assertThat(run.fact(ApprovalWithdrawn.class))
        .isEqualTo(new ApprovalWithdrawn(asked.approvalId(), "the engine waits for it no more"));
    assertThat(call).isDone();
    run.end();
  }

  @Test
  void aTaskIsDelegatedAndTheReplyIsToldOnce() throws Exception {
    Run run = run();
    CompletableFuture<ToolClient.Answer> told =
        run.call(
            "delegate",
            "{\"key\": \"tests\", \"prompt\": \"write them\", \"engine\": \"codex\", \"model\": \"m\"}");
    DelegationRequested asked = run.fact(DelegationRequested.class);
    assertThat(asked)
        .isEqualTo(
            new DelegationRequested(
                asked.delegationId(), "tests", "write them", "codex", "m", false));
    ThreadId child = new ThreadId(UUID.randomUUID());
    CommandId command = sessions.command();
    DelegationReply reply = DelegationReply.made(asked.delegationId(), child);
    sessions.answer(run.claim, command, reply);
    sessions.answer(run.claim, command, reply);

    assertThat(get(told).text()).contains(child.toString(), "comes to this thread as a message");
    CommandId second = sessions.command();
    sessions.answer(run.claim, second, reply);
    await().atMost(LONG).until(() -> answer(run, second).isPresent());
    assertThat(answer(run, second).orElseThrow().accepted()).isFalse();
    run.end();
    assertThat(run.facts())
        .containsOnlyOnce(new CommandAnswered(command, true, null))
        .noneMatch(DelegationSettled.class::isInstance);
  }

  private static Optional<CommandAnswered> answer(Run run, CommandId command) {
    return run.facts().stream()
        .filter(CommandAnswered.class::isInstance)
        .map(CommandAnswered.class::cast)
        .filter(answer -> answer.commandId().equals(command))
        .findFirst();
  }

  @Test
  void whoWaitsForATaskTakesNoSlotAndIsToldItsResult() throws Exception {
    Run run = run();
    CompletableFuture<ToolClient.Answer> told =
        run.call("delegate", "{\"key\": \"tests\", \"prompt\": \"write them\", \"wait\": true}");
    DelegationRequested asked = run.fact(DelegationRequested.class);
    assertThat(asked.waits()).isTrue();
    await().atMost(LONG).until(run::waits);
    ThreadId child = new ThreadId(UUID.randomUUID());
    sessions.answer(
        run.claim,
        sessions.command(),
        DelegationReply.done(
            asked.delegationId(),
            child,
            new ThreadChange.Child.Result(
                SessionStatus.COMPLETED,
                "all pass",
                new SessionId(UUID.randomUUID()),
                Instant.EPOCH)));
    assertThat(get(told))
        .isEqualTo(new ToolClient.Answer(false, "Thread " + child + " is done:\n\nall pass"));
    run.fact(DelegationSettled.class);
    assertThat(run.waits()).isFalse();
    run.end();
  }

  @Test
  void aRefusalIsToldWithItsCode() throws Exception {
    Run run = run();
    CompletableFuture<ToolClient.Answer> told =
        run.call("delegate", "{\"key\": \"tests\", \"prompt\": \"write them\", \"wait\": true}");
    DelegationRequested asked = run.fact(DelegationRequested.class);
    sessions.answer(
        run.claim,
        sessions.command(),
        DelegationReply.refused(
            asked.delegationId(), "delegation_too_deep", "a line is at most 3 long"));
    assertThat(get(told))
        .isEqualTo(new ToolClient.Answer(true, "a line is at most 3 long (delegation_too_deep)"));
    run.fact(DelegationSettled.class);
    run.end();
  }

  @Test
  void aRunThatIsStoppedWaitsForNoTask() throws Exception {
    Run run = run();
    CompletableFuture<ToolClient.Answer> told =
        run.call("delegate", "{\"key\": \"tests\", \"prompt\": \"write them\", \"wait\": true}");
    DelegationRequested asked = run.fact(DelegationRequested.class);
    sessions.cancel(run.claim);
    assertThat(get(told).text()).contains("cancelled by ada");
    assertThat(run.fact(AttemptEnded.class).outcome()).isEqualTo(Outcome.CANCELLED);
    assertThat(run.facts()).contains(new DelegationSettled(asked.delegationId()));
  }

  @Test
  void aTokenOpensTheToolsOfItsOwnRunWhileThatLasts() throws Exception {
    Run run = run();
    ToolServer tools = run.engine.tools();
    assertThat(tools.token()).hasSize(43);
    assertThat(tools.url())
        .isEqualTo(URI.create("http://127.0.0.1:%d/mcp".formatted(worker.port())));
    HttpClient http = HttpClient.newHttpClient();
    for (String header : List.of("", "Basic " + tools.token(), "Bearer", "Bearer nonsense")) {
      HttpRequest.Builder request = HttpRequest.newBuilder(tools.url());
      if (!header.isEmpty()) {
        request.header("Authorization", header);
      }
      HttpResponse<String> refused =
          http.send(
              request.POST(HttpRequest.BodyPublishers.ofString("{}")).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(refused.statusCode()).as(header).isEqualTo(401);
      assertThat(refused.body()).contains("invalid_token").doesNotContain(tools.token());
    }
    Run other = run();
    assertThat(other.engine.tools().token()).isNotEqualTo(tools.token());
    String session = initialize(http, tools);
    get(run.call("report_progress", "{\"text\": \"it is %s\"}".formatted(tools.token())));
    run.end();
    HttpResponse<String> late =
        http.send(
            post(tools, session)
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"jsonrpc\": \"2.0\", \"id\": 2, \"method\": \"tools/list\"}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(late.statusCode()).isEqualTo(401);
    assertThatThrownBy(() -> new ToolClient(tools)).isNotNull();
    other.end();
    for (Run told : List.of(run, other)) {
      String said = Json.string(told.facts()) + Json.string(sessions.tracesOf(told.offer));
      assertThat(said).doesNotContain(told.engine.tools().token());
    }
    assertThat(tools).asString().doesNotContain(tools.token());
    assertThat(run.engine.task).asString().doesNotContain(tools.token());
  }

  /** What another engine may speak: the wire itself. */
  private static String initialize(HttpClient http, ToolServer tools) throws Exception {
    HttpResponse<String> answer =
        http.send(
            post(tools, null)
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        """
                        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params":
                         {"protocolVersion": "2025-06-18", "capabilities": {},
                          "clientInfo": {"name": "raw", "version": "1"}}}
                        """))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.headers().firstValue("mcp-session-id").orElseThrow();
  }

  private static HttpRequest.Builder post(ToolServer tools, @Nullable String session) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(tools.url())
            .header("Authorization", "Bearer " + tools.token())
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream");
    return session == null ? request : request.header("mcp-session-id", session);
  }
}
