package dev.heddle.worker.engine.claude;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.ApprovalOption;
import dev.heddle.contracts.Decision;
import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.Failure;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.Plan;
import dev.heddle.contracts.PlanTaskStatus;
import dev.heddle.contracts.ToolStatus;
import dev.heddle.contracts.TraceBody;
import dev.heddle.testkit.cli.InstalledCli;
import dev.heddle.testkit.model.MessagesWire;
import dev.heddle.testkit.model.ModelReply;
import dev.heddle.testkit.model.ModelReply.Answers;
import dev.heddle.testkit.model.Wire;
import dev.heddle.worker.engine.Cli;
import dev.heddle.worker.engine.CliSettings;
import dev.heddle.worker.engine.Engine;
import dev.heddle.worker.engine.EngineTools;
import dev.heddle.worker.engine.conformance.EngineConformance;
import dev.heddle.worker.engine.conformance.RecordingListener.Told;
import dev.heddle.worker.engine.conformance.Turn;
import dev.heddle.worker.engine.wire.EngineFailures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Claude Code itself, in the version that the adapter was written for. */
class ClaudeConformanceIT extends EngineConformance {

  private static final String VERSION = "2.1.330";

  private Path home;

  @Override
  protected Wire wire() {
    return new MessagesWire();
  }

  @Override
  protected Engine engine(EngineTools tools, String modelUrl, Path home) {
    this.home = home.resolve("claude");
    Map<String, String> environment = new TreeMap<>(System.getenv());
    environment.put("HOME", home.toString());
    environment.put("ANTHROPIC_BASE_URL", modelUrl);
    environment.put("ANTHROPIC_API_KEY", "of no use");
    environment.put("CLAUDE_CODE_MAX_RETRIES", "0");
    return new ClaudeEngine(
        new Cli(
            "claude",
            new CliSettings(
                List.of(InstalledCli.of("@anthropic-ai/claude-code", VERSION).toString()),
                this.home,
                List.of("ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY", "CLAUDE_CODE_MAX_RETRIES")),
            tools,
            environment));
  }

  @Override
  protected Answers writes(Path file, String text) {
    return ModelReply.calls(
        "Write",
        JsonNodeFactory.instance
            .objectNode()
            .put("file_path", file.toString())
            .put("content", text)
            .toString());
  }

  @Override
  protected Answers runs(String command) {
    return ModelReply.calls(
        "Bash", JsonNodeFactory.instance.objectNode().put("command", command).toString());
  }

  @Override
  protected String deed(String tool) {
    return switch (tool) {
      case "Write" -> "edit";
      case "Bash" -> "command";
      default -> tool;
    };
  }

  @Override
  protected EngineState unknownConversation() {
    return new EngineState.Claude(
        "01234567-89ab-4cde-8f01-23456789abcd", null, null, null, null, null);
  }

  @Override
  protected EngineState stateAfter(String session, EngineSpec spec) {
    return new EngineState.Claude(
        session,
        EngineState.PermissionMode.ACCEPT_EDITS,
        spec.model(),
        spec.effort(),
        workspace.toString(),
        VERSION);
  }

  @Override
  protected String effortIn(JsonNode request) {
    return request.path("output_config").path("effort").asString("");
  }

  @Override
  protected String aModel() {
    return "claude-opus-5-5";
  }

  /** Whatever it is told of retries, it asks some failures again in other forms. */
  @Override
  protected int attempts() {
    return 12;
  }

  @Test
  void givesUpSoonWhenItsKeyIsWrong() throws Exception {
    settings("{\"env\": {\"CLAUDE_CODE_MAX_RETRIES\": \"10\"}}");
    repeat(new ModelReply.Fails(401, "authentication_error", "invalid key"));

    Failure failure = begin("Hello", PermissionPosture.ASK, null).end().failure();

    assertThat(failure).isNotNull();
    assertThat(failure.code()).isEqualTo(EngineFailures.AUTH);
    assertThat(failure.message()).contains("401").contains("sign it in");
    assertThat(model.turns()).hasSizeLessThan(5);
  }

  @Test
  void showsWhatItPlans() throws Exception {
    model.reply(
        ModelReply.calls("TaskCreate", "{\"subject\": \"Look\", \"description\": \"around\"}")
            .and(
                ModelReply.calls(
                    "TaskCreate", "{\"subject\": \"Leap\", \"description\": \"far\"}")),
        ModelReply.calls("TaskUpdate", "{\"taskId\": \"1\", \"status\": \"in_progress\"}"),
        ModelReply.calls("TaskUpdate", "{\"taskId\": \"1\", \"status\": \"completed\"}"),
        ModelReply.says("That is the plan."));

    Turn turn = begin("Plan", PermissionPosture.ASK, null);

    turn.done();
    assertThat(turn.heard().all(Told.Planned.class).getLast().plan().tasks())
        .containsExactly(
            new Plan.Task("Look", PlanTaskStatus.COMPLETED),
            new Plan.Task("Leap", PlanTaskStatus.PENDING));
    assertThat(turn.heard().all(Told.Planned.class)).hasSize(4);
    assertThat(turn.heard().all(Told.Question.class)).isEmpty();
  }

  @Test
  void showsThePlanThatItWouldLikeToCarryOut() throws Exception {
    model.reply(askWhich());
    Turn turn = begin("Plan", PermissionPosture.PLAN, null);
    Told.Question question = turn.heard().awaitQuestion();
    assertThat(mode(turn)).isEqualTo(EngineState.PermissionMode.PLAN);
    // Its model is told in which file it may write, and no other.
    Matcher file =
        Pattern.compile("/[^\" ]*/plans/[^\" ]*\\.md").matcher(model.turns().getFirst().toString());
    assertThat(file.find()).isTrue();
    model.reply(
        writes(Path.of(file.group()), "# First\n- look\n"),
        ModelReply.calls("ExitPlanMode", "{}"),
        ModelReply.says("I begin."));
    turn.heard().decide(question, Decision.Verdict.ALLOWED, Decision.Scope.ONCE, "Red", null, null);

    Told.Question plan = turn.heard().awaitQuestion();
    assertThat(plan.ask().title()).isEqualTo("end planning, and do as planned");
    assertThat(plan.ask().input()).isEqualTo("# First\n- look\n");
    assertThat(turn.heard().all(Told.Planned.class))
        .extracting(planned -> planned.plan().document())
        .containsExactly("# First\n- look\n");
    turn.heard().allow(plan);

    turn.done();
    assertThat(mode(turn)).isEqualTo(EngineState.PermissionMode.DEFAULT);
  }

  private static EngineState.@Nullable PermissionMode mode(Turn turn) {
    return ((EngineState.Claude) turn.heard().state()).permissionMode();
  }

  private static Answers askWhich() {
    return ModelReply.calls(
        "AskUserQuestion",
        """
        {"questions": [{"question": "Which colour?", "header": "Colour", "multiSelect": false,
          "options": [{"label": "Red", "description": "like fire"},
                      {"label": "Blue", "description": "like water"}]}]}
        """);
  }

  @Test
  void asksAPersonWhatItsModelWantsToKnow() throws Exception {
    model.reply(askWhich(), ModelReply.says("Blue it is."));
    Turn turn = begin("Paint", PermissionPosture.ASK, null);

    Told.Question question = turn.heard().awaitQuestion();
    assertThat(question.ask().kind()).isEqualTo(ApprovalKind.QUESTION);
    assertThat(question.ask().title()).isEqualTo("Which colour?");
    assertThat(question.ask().options())
        .extracting(ApprovalOption::label)
        .containsExactly("Red", "Blue");
    turn.heard()
        .decide(question, Decision.Verdict.ALLOWED, Decision.Scope.ONCE, "Blue", null, null);

    turn.done();
    JsonNode messages = model.turns().getLast().path("messages");
    assertThat(messages.get(messages.size() - 1).toString()).contains("Blue").doesNotContain("Red");
  }

  @Test
  void saysWhenItSumsUp() throws Exception {
    model.reply(
        ModelReply.says("Seven, it is."), ModelReply.says("<summary>We chose seven.</summary>"));
    Turn first = begin("Think of a number", PermissionPosture.ASK, null);
    first.done();

    Turn second = begin("/compact", PermissionPosture.ASK, first.heard().state());

    second.done();
    assertThat(second.heard().events(TraceBody.Notice.class))
        .extracting(TraceBody.Notice::text)
        .anyMatch(text -> text.startsWith("the engine summed up its conversation"));
    assertThat(second.heard().messages()).isEmpty();
  }

  @Test
  void tellsWhatASubagentDoes() throws Exception {
    model.reply(
        ModelReply.calls(
            "Task",
            """
            {"description": "Find it", "prompt": "find the thing",
             "subagent_type": "general-purpose", "run_in_background": false}
            """),
        runs("echo seen"),
        ModelReply.says("The thing is found."),
        ModelReply.says("All done."));

    Turn turn = begin("Delegate", PermissionPosture.FULL, null);

    turn.done();
    assertThat(turn.heard().tools())
        .extracting(TraceBody.ToolCall::name, TraceBody.ToolCall::title)
        .containsExactly(tuple("Task", "Find it"), tuple("Bash", "Find it: echo seen"));
    assertThat(turn.heard().tools().getFirst().output()).contains("The thing is found.");
    assertThat(turn.heard().messages().getLast().text()).isEqualTo("All done.");
    assertUsage(turn);
  }

  /** Its turn is over before, and yet somebody must still be able to say yes. */
  @Test
  void listensWhileASubagentWorksInTheBackground() throws Exception {
    model.reply(
        ModelReply.calls(
            "Task",
            """
            {"description": "Find it", "prompt": "find the thing",
             "subagent_type": "general-purpose", "run_in_background": true}
            """),
        runs("bash -c 'echo found > thing.txt'"),
        runs("bash -c 'echo found > thing.txt'"),
        ModelReply.says("That is all."),
        ModelReply.says("That is all."),
        ModelReply.says("That is all."));
    Turn turn = begin("Delegate", PermissionPosture.ASK, null);

    // Which of the two asks for its next words first is open; so both want the same.
    Told.Question one = turn.heard().awaitQuestion();
    await().until(() -> turn.heard().openQuestions().size() == 2);
    Told.Question other = turn.heard().openQuestions().getLast();
    turn.heard().allow(one);
    await().until(() -> !turn.heard().openQuestions().contains(one));
    turn.heard().allow(other);

    turn.done();
    assertThat(turn.heard().openQuestions()).isEmpty();
    assertThat(turn.heard().tools())
        .allMatch(call -> call.status() == ToolStatus.COMPLETED)
        .hasSize(3);
    assertThat(workspace.resolve("thing.txt")).hasContent("found");
  }

  /** As a person sets it in the engine's own home. */
  private void settings(String json) throws IOException {
    Files.writeString(Files.createDirectories(home).resolve("settings.json"), json);
  }
}
