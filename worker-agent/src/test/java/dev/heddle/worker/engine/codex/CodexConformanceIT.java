package dev.heddle.worker.engine.codex;

import static dev.heddle.testkit.model.ModelReply.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.Decision;
import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.Plan;
import dev.heddle.contracts.PlanTaskStatus;
import dev.heddle.contracts.Role;
import dev.heddle.contracts.RunPurpose;
import dev.heddle.contracts.SessionFact.MessageCompleted;
import dev.heddle.contracts.TokenUsage;
import dev.heddle.contracts.ToolStatus;
import dev.heddle.contracts.TraceBody;
import dev.heddle.testkit.cli.InstalledCli;
import dev.heddle.testkit.model.ModelReply;
import dev.heddle.testkit.model.ModelReply.Answers;
import dev.heddle.testkit.model.ResponsesWire;
import dev.heddle.testkit.model.Wire;
import dev.heddle.worker.engine.Cli;
import dev.heddle.worker.engine.CliSettings;
import dev.heddle.worker.engine.Engine;
import dev.heddle.worker.engine.EngineTools;
import dev.heddle.worker.engine.conformance.EngineConformance;
import dev.heddle.worker.engine.conformance.RecordingListener.Told;
import dev.heddle.worker.engine.conformance.Turn;
import dev.heddle.worker.engine.wire.EngineFailures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The Codex adapter keeps to what every adapter keeps to. */
class CodexConformanceIT extends EngineConformance {

  private static final String VERSION = "0.169.0";
  private static final Duration LONG = Duration.ofSeconds(60);

  @Override
  protected Wire wire() {
    return new ResponsesWire();
  }

  @Override
  protected Engine engine(EngineTools tools, String modelUrl, Path home) throws Exception {
    Path program = InstalledCli.of("@openai/codex", VERSION);
    // One that it does not know loses apply_patch.
    Files.writeString(
        home.resolve("config.toml"),
        """
        model = "gpt-5.5"
        model_provider = "scripted"

        [model_providers.scripted]
        name = "scripted"
        base_url = "%s/v1"
        wire_api = "responses"
        env_key = "SCRIPTED_KEY"
        request_max_retries = 0
        stream_max_retries = 1
        """
            .formatted(modelUrl));
    Map<String, String> environment = new TreeMap<>(System.getenv());
    environment.put("SCRIPTED_KEY", "a key");
    // Its shells are login shells, which say what the profile of the machine makes them say.
    environment.put("HOME", home.toString());
    return new CodexEngine(
        new Cli(
            CodexEngine.NAME,
            new CliSettings(List.of(program.toString()), home, List.of("SCRIPTED_KEY")),
            tools,
            environment));
  }

  @Override
  protected Answers writes(Path file, String text) {
    StringBuilder patch = new StringBuilder("*** Begin Patch\n*** Add File: " + file + "\n");
    text.lines().forEach(line -> patch.append('+').append(line).append('\n'));
    patch.append("*** End Patch");
    return ModelReply.calls(
        "apply_patch",
        JsonMapper.shared().createObjectNode().put("input", patch.toString()).toString());
  }

  @Override
  protected Answers runs(String command) {
    return ModelReply.calls(
        "exec_command", JsonMapper.shared().createObjectNode().put("cmd", command).toString());
  }

  /** It tells its model of no tools of servers until that searches for them. */
  @Override
  protected void seeOwnTools() {
    model.reply(ModelReply.calls("tool_search", "{\"query\": \"report progress to people\"}"));
  }

  @Override
  protected String deed(String tool) {
    return switch (tool) {
      case Tool.PATCH -> "edit";
      case Tool.SHELL -> "command";
      default -> tool;
    };
  }

  @Override
  protected EngineState unknownConversation() {
    return new EngineState.Codex(
        "019c0000-0000-7000-8000-000000000000", null, null, null, null, null, null, null, null);
  }

  @Override
  protected EngineState stateAfter(String session, EngineSpec spec) {
    return new EngineState.Codex(
        session,
        null,
        EngineState.ApprovalPolicy.UNTRUSTED,
        EngineState.Sandbox.WORKSPACE_WRITE,
        spec.effort(),
        spec.model(),
        "scripted",
        workspace.toString(),
        VERSION);
  }

  @Override
  protected String effortIn(JsonNode request) {
    return request.path("reasoning").path("effort").asString("");
  }

  @Override
  protected String aModel() {
    return "gpt-5.5";
  }

  @Override
  protected int attempts() {
    return 2;
  }

  @Test
  void showsWhatAPatchWouldChangeAndIsToldOnceForTheSession() throws Exception {
    Path file = workspace.resolve("a.txt");
    model.reply(
        writes(file, "one"), runs("echo x > b.txt"), runs("echo x > b.txt"), says("All done."));
    Turn turn = begin("Write", PermissionPosture.ASK, null);

    Told.Question patch = turn.heard().awaitQuestion();
    assertThat(patch.ask().tool()).isEqualTo("apply_patch");
    assertThat(patch.ask().title()).isEqualTo("create a.txt");
    assertThat(patch.ask().input()).isEqualTo("--- /dev/null\n+++ a.txt\n@@ -0,0 +1,1 @@\n+one\n");
    turn.heard().allow(patch);
    Told.Question command = turn.heard().awaitQuestion();
    assertThat(command.ask().input()).isEqualTo("echo x > b.txt");
    turn.heard()
        .decide(command, Decision.Verdict.ALLOWED, Decision.Scope.SESSION, null, null, null);

    turn.done();
    assertThat(file).hasContent("one");
    assertThat(turn.heard().all(Told.Question.class)).hasSize(2);
  }

  @Test
  void stopsWhenThatIsChosen() throws Exception {
    model.reply(runs("echo x > b.txt"), says("Never said."));
    Turn turn = begin("Write", PermissionPosture.ASK, null);

    turn.heard()
        .decide(
            turn.heard().awaitQuestion(),
            Decision.Verdict.DENIED,
            Decision.Scope.ONCE,
            "cancel",
            null,
            null);

    assertThat(turn.end().failure()).isEqualTo(EngineFailures.interrupted());
    assertThat(model.left()).isEqualTo(1);
  }

  @Test
  void asksItsQuestionsOneAfterTheOther() throws Exception {
    model.reply(
        ModelReply.calls(
            "request_user_input",
            """
            {"questions": [
              {"id": "colour", "header": "Colour", "question": "Which colour?", "options": [
                {"label": "red", "description": "warm"}, {"label": "blue", "description": "cold"}]},
              {"id": "size", "header": "Size", "question": "Which size?", "options": [
                {"label": "small", "description": "s"}, {"label": "large", "description": "l"}]}]}
            """),
        says("I see."));
    Turn turn = begin("Plan", PermissionPosture.PLAN, null);

    Told.Question colour = turn.heard().awaitQuestion();
    assertThat(colour.ask().kind()).isEqualTo(ApprovalKind.QUESTION);
    assertThat(colour.ask().freeText()).isTrue();
    turn.heard().decide(colour, Decision.Verdict.ALLOWED, Decision.Scope.ONCE, "blue", null, null);
    Told.Question size = turn.heard().awaitQuestion();
    turn.heard()
        .decide(size, Decision.Verdict.ALLOWED, Decision.Scope.ONCE, null, null, "rather huge");

    turn.done();
    assertThat(model.turns().getLast().toString())
        .contains("\\\"colour\\\":{\\\"answers\\\":[\\\"blue\\\"]}")
        .contains("rather huge");
  }

  @Test
  void isCutShortByWhatItIsToldWhileItSpeaks() throws Exception {
    model.reply(
        new ModelReply.Hangs(says("I begin\n", "and never end"), 3), says("Something else."));
    Turn turn = begin("Speak", PermissionPosture.ASK, null);
    turn.heard().await(TraceBody.EngineOutput.class, line -> line.text().equals("I begin"));

    assertThat(turn.run().input("rather this")).isNull();

    turn.done();
    assertThat(turn.heard().messages())
        .extracting(MessageCompleted::text)
        .containsExactly("I begin", "Something else.");
    assertThat(model.turns().getLast().toString()).contains("rather this");
  }

  @Test
  void tellsWhichTurnHasNotEnded() throws Exception {
    model.reply(says("Yes."));

    Turn turn = begin("Hello", PermissionPosture.ASK, null);

    turn.done();
    assertThat(turn.heard().all(Told.State.class))
        .extracting(told -> ((EngineState.Codex) told.state()).pendingTurn() != null)
        .containsExactly(true, false);
  }

  @Test
  void showsWhatItPlans() throws Exception {
    model.reply(
        ModelReply.calls(
            "update_plan",
            """
            {"explanation": "Why not", "plan": [{"step": "Look", "status": "completed"},
              {"step": "Leap", "status": "in_progress"}, {"step": "Land", "status": "pending"}]}
            """),
        says("That is the plan."));

    Turn turn = begin("Plan", PermissionPosture.ASK, null);

    turn.done();
    assertThat(turn.heard().all(Told.Planned.class))
        .extracting(Told.Planned::plan)
        .containsExactly(
            new Plan(
                "Why not",
                List.of(
                    new Plan.Task("Look", PlanTaskStatus.COMPLETED),
                    new Plan.Task("Leap", PlanTaskStatus.IN_PROGRESS),
                    new Plan.Task("Land", PlanTaskStatus.PENDING)),
                List.of()));
  }

  /** Which of the two asks its model first is open; so both want the same, and ask a person. */
  @Test
  void tellsWhatASubagentDoes() throws Exception {
    model.reply(
        ModelReply.calls("tool_search", "{\"query\": \"spawn a sub-agent\"}"),
        ModelReply.calls("multi_agent_v1__spawn_agent", "{\"message\": \"find the thing\"}"),
        runs("echo seen > seen.txt"),
        runs("echo seen > seen.txt"));
    Turn turn = begin("Delegate", PermissionPosture.ASK, null);

    await().atMost(LONG).until(() -> turn.heard().openQuestions().size() == 2);
    Told.Question agents = question(turn, "find the thing: echo seen > seen.txt");
    Told.Question own = question(turn, "echo seen > seen.txt");
    model.reply(says("The thing is found."));
    turn.heard().allow(agents);
    turn.heard()
        .await(
            TraceBody.Notice.class,
            notice -> notice.text().equals("find the thing: the agent says: The thing is found."));
    // Its own answer counts when what that wants is done.
    await().atMost(LONG).until(() -> input(turn) == 4 * ModelReply.ORDINARY.input());
    model.reply(says("All done."));
    turn.heard().allow(own);

    turn.done();
    assertThat(turn.heard().tools())
        .extracting(TraceBody.ToolCall::title, TraceBody.ToolCall::status)
        .containsExactlyInAnyOrder(
            tuple("agent.spawnAgent", ToolStatus.COMPLETED),
            tuple("find the thing: echo seen > seen.txt", ToolStatus.COMPLETED),
            tuple("echo seen > seen.txt", ToolStatus.COMPLETED));
    assertThat(turn.heard().messages().getLast().text()).isEqualTo("All done.");
    assertUsage(turn);
  }

  private static long input(Turn turn) {
    TokenUsage usage = turn.heard().usage();
    return usage == null ? 0 : usage.inputTokens();
  }

  private static Told.Question question(Turn turn, String title) {
    return turn.heard().openQuestions().stream()
        .filter(question -> question.ask().title().equals(title))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void sumsUpWithoutAWordInTheConversation() throws Exception {
    model.reply(says("All that was said."));
    MessageId last = new MessageId(UUID.randomUUID());
    Continuation from =
        new Continuation(
            RunPurpose.COMPACTION,
            last,
            null,
            new Continuation.Context(
                null, List.of(new Continuation.Said(Role.USER, "the first word")), false));

    Turn turn = begin("Sum up", EngineSpec.of(CodexEngine.NAME), from);

    turn.done();
    assertThat(turn.heard().all(Told.Compacted.class))
        .containsExactly(new Told.Compacted("All that was said.", last));
    assertThat(turn.heard().messages()).isEmpty();
    assertThat(model.turns().getFirst().toString()).contains("the first word");
  }

  @Test
  void showsThePlanThatItProposes() throws Exception {
    model.reply(says("<proposed_plan>\n", "# First\n- look\n", "</proposed_plan>"));

    Turn turn = begin("Plan", PermissionPosture.PLAN, null);

    turn.done();
    assertThat(turn.heard().all(Told.Planned.class))
        .extracting(planned -> planned.plan().document())
        .singleElement()
        .asString()
        .contains("# First\n- look");
  }

  @Test
  void saysThatItHasSummedUpToMakeRoom() throws Exception {
    model.reply(runs("echo much").costing(300_000, 0, 10), says("Done."));

    Turn turn = begin("Work", PermissionPosture.FULL, null);

    turn.done();
    assertThat(turn.heard().events(TraceBody.Notice.class))
        .extracting(TraceBody.Notice::text)
        .contains("Codex has summed up the conversation to make room");
    assertThat(turn.heard().messages().getLast().text()).isEqualTo("Done.");
  }
}
