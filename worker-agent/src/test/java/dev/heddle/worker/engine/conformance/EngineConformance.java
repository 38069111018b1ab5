package dev.heddle.worker.engine.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.Decision;
import dev.heddle.contracts.DelegationId;
import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.Failure;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.Plan;
import dev.heddle.contracts.PlanTaskStatus;
import dev.heddle.contracts.RunPurpose;
import dev.heddle.contracts.TokenUsage;
import dev.heddle.contracts.ToolStatus;
import dev.heddle.contracts.TraceBody;
import dev.heddle.messaging.Json;
import dev.heddle.testkit.model.ModelReply;
import dev.heddle.testkit.model.ModelReply.Answers;
import dev.heddle.testkit.model.ModelServer;
import dev.heddle.testkit.model.Wire;
import dev.heddle.worker.engine.Engine;
import dev.heddle.worker.engine.EngineRun;
import dev.heddle.worker.engine.EngineTask;
import dev.heddle.worker.engine.EngineTools;
import dev.heddle.worker.engine.OutputLimits;
import dev.heddle.worker.engine.ToolServer;
import dev.heddle.worker.engine.conformance.RecordingListener.Told;
import dev.heddle.worker.engine.wire.EngineFailures;
import dev.heddle.worker.mcp.Delegator;
import dev.heddle.worker.mcp.LoopbackTools;
import dev.heddle.worker.mcp.ToolServers;
import dev.heddle.worker.process.BootClock;
import dev.heddle.worker.process.Guards;
import dev.heddle.worker.process.RunMarker;
import dev.heddle.worker.secret.RunSecrets;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/**
 * What the adapter of every engine keeps to: real program, real guard, and a model on loopback that
 * follows a script. An adapter's test extends it, and says how its engine is set up and how a model
 * calls its tools.
 */
@Timeout(180)
public abstract class EngineConformance {

  /** Begins, and never ends; not a mere sleep, which some engines refuse to run. */
  private static final String ENDLESS = "touch begun; until [ -e never-there ]; do sleep 0.1; done";

  private static final Pattern OWN_TOOL = Pattern.compile("(?:mcp__)?heddle(?:__|[-_./])(\\w+)");

  private static final Duration LONG = Duration.ofSeconds(60);

  /** A deadline that no test reaches. */
  private static final long FAR = BootClock.system().millis() + 3_600_000;

  @TempDir Path folder;

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final List<Turn> turns = new ArrayList<>();
  private Engine engine;
  protected ModelServer model;
  protected Path workspace;

  /** How the engine speaks to its model. */
  protected abstract Wire wire();

  /**
   * The engine, with its model at that server, and as few attempts at a failing request as it can
   * be told to make.
   *
   * @param home an empty folder, for all that it keeps
   */
  protected abstract Engine engine(EngineTools tools, String modelUrl, Path home) throws Exception;

  /** A call of the tool that writes a file. */
  protected abstract Answers writes(Path file, String text);

  /** A call of the tool that runs a command of the shell. */
  protected abstract Answers runs(String command);

  /** What a model does before it can call Heddle's own tools; nothing with most engines. */
  protected void seeOwnTools() {}

  /** A call of one of Heddle's own tools. */
  protected Answers ownTool(String tool, String input) {
    return ModelReply.calls("mcp__heddle__" + tool, input);
  }

  /** What a tool does by its name: {@code edit}, {@code command}, or else the name. */
  protected abstract String deed(String tool);

  /** The state of a conversation that the engine has never had. */
  protected abstract EngineState unknownConversation();

  /**
   * All that a thread keeps of the engine behind a run that has ended.
   *
   * @param session the engine's own id of the conversation
   * @param spec with which it ran
   */
  protected abstract EngineState stateAfter(String session, EngineSpec spec);

  /** The reasoning effort that a request to the model carries; empty for none. */
  protected abstract String effortIn(JsonNode request);

  /** A model that the engine can be told to use. */
  protected abstract String aModel();

  /** How often the engine asks its model at most, until it gives up, where that fails. */
  protected abstract int attempts();

  /** The model that runs name; null for the engine's default. */
  protected @Nullable String modelName() {
    return null;
  }

  @BeforeEach
  void open() throws Exception {
    workspace = Files.createDirectory(folder.resolve("workspace"));
    model = ModelServer.start(wire());
    EngineTools tools =
        new EngineTools(
            Guards.install(Files.createDirectory(folder.resolve("worker"))),
            Set.of(),
            new OutputLimits(8_000_000, 100_000),
            folder.resolve("engines"),
            new Ids(Clock.systemUTC(), new SecureRandom()),
            Clock.systemUTC(),
            timer);
    engine = engine(tools, model.url(), Files.createDirectory(folder.resolve("home")));
  }

  @AfterEach
  void close() throws Exception {
    turns.forEach(turn -> turn.run().kill());
    for (Turn turn : turns) {
      await().atMost(LONG).until(() -> turn.run().done().isDone());
    }
    model.close();
    timer.close();
    for (Turn turn : turns) {
      assertThat(turn.processes()).as("what a test has left").isEmpty();
    }
  }

  @Test
  void writesAFileAndRunsACommand() throws Exception {
    model.reply(
        ModelReply.thinks("A file ", "it is.")
            .and(ModelReply.says("I wri", "te it.\nThen I look."))
            .and(writes(workspace.resolve("hello.txt"), "hello\n"))
            .costing(1_000, 400, 50),
        runs("cat hello.txt").costing(1_100, 900, 20),
        ModelReply.says("It is ", "there.").costing(1_200, 1_000, 7));

    Turn turn = begin("Write hello.txt", PermissionPosture.FULL, null);

    assertStory("writes-a-file", turn, turn.done());
    assertThat(workspace.resolve("hello.txt")).hasContent("hello\n");
    assertUsage(turn);
  }

  @Test
  void asksAndGoesOnWhenItIsAllowed() throws Exception {
    model.reply(runs("echo allowed > out.txt"), ModelReply.says("Done."));
    Turn turn = begin("Run it", PermissionPosture.ASK, null);

    Told.Question question = turn.heard().awaitQuestion();
    assertThat(question.ask().title()).contains("echo allowed > out.txt");
    assertThat(workspace.resolve("out.txt")).doesNotExist();
    turn.heard().allow(question);

    assertStory("is-allowed", turn, turn.done());
    assertThat(workspace.resolve("out.txt")).hasContent("allowed\n");
  }

  @Test
  void tellsItsModelWhyItIsDenied() throws Exception {
    model.reply(runs("echo denied > out.txt"), ModelReply.says("Then not."));
    Turn turn = begin("Run it", PermissionPosture.ASK, null);

    turn.heard().deny(turn.heard().awaitQuestion(), "use the other file");

    assertStory("is-denied", turn, turn.done());
    assertThat(workspace.resolve("out.txt")).doesNotExist();
    assertThat(model.wasAsked(body -> body.toString().contains("use the other file"))).isTrue();
  }

  @Test
  void takesItsQuestionBackWhenItIsInterrupted() throws Exception {
    model.reply(runs("echo never > out.txt"), ModelReply.says("Never said."));
    Turn turn = begin("Run it", PermissionPosture.ASK, null);
    turn.heard().awaitQuestion();

    turn.run().terminate();

    EngineRun.Result result = turn.end();
    assertThat(result.failure()).isNotNull();
    assertThat(workspace.resolve("out.txt")).doesNotExist();
    assertThat(turn.heard().openQuestions()).isEmpty();
    assertStory("is-interrupted-while-it-asks", turn, result);
  }

  @Test
  void hearsWhatItIsToldWhileItRuns() throws Exception {
    assumeTrue(engine.takesInput());
    model.reply(
        runs("until [ -e go ]; do sleep 0.05; done"),
        ModelReply.says("First."),
        ModelReply.says("Second."));
    Turn turn = begin("Wait", PermissionPosture.FULL, null);
    turn.awaitTool();

    assertThat(turn.run().input("and mind the gap")).isNull();
    Files.createFile(workspace.resolve("go"));

    assertStory("is-told-something", turn, turn.done());
    assertThat(model.wasAsked(body -> body.toString().contains("and mind the gap"))).isTrue();
    assertThat(turn.run().input("too late")).isNotNull();
  }

  @Test
  void endsItsToolWhenItIsInterruptedAndGoesOnInAnotherTurn() throws Exception {
    model.reply(runs(ENDLESS), ModelReply.says("Still here."));
    Turn turn = begin("Sleep", PermissionPosture.FULL, null);
    await().atMost(LONG).until(() -> Files.exists(workspace.resolve("begun")));
    turn.awaitTool();

    turn.run().terminate();

    EngineRun.Result result = turn.end();
    assertThat(result.failure()).isNotNull();
    assertThat(turn.heard().tools()).allMatch(call -> call.status() != ToolStatus.COMPLETED);
    Turn next = begin("Are you there?", PermissionPosture.FULL, turn.heard().state());
    next.done();
    assertThat(next.heard().messages().getLast().text()).isEqualTo("Still here.");
    assertStory("is-interrupted-in-a-tool", turn, result);
  }

  @Test
  void goesOnInASecondTurnWhereTheFirstEnded() throws Exception {
    model.reply(ModelReply.says("Seven, it is."), ModelReply.says("Seven."));
    Turn first = begin("Think of a number", PermissionPosture.ASK, null);
    first.done();

    Turn second = begin("Which one?", PermissionPosture.ASK, first.heard().state());

    assertStory("goes-on", second, second.done());
    assertThat(second.heard().messages()).hasSize(1);
    String asked = model.turns().getLast().toString();
    assertThat(asked).contains("Think of a number").contains("Seven, it is.").contains("Which one");
    assertUsageIs(second, ModelReply.ORDINARY.input(), ModelReply.ORDINARY.output());
  }

  @Test
  void tellsAllOfItsStateAndGoesOnFromIt() throws Exception {
    model.reply(ModelReply.says("Yes."), ModelReply.says("Again."));
    EngineSpec spec =
        new EngineSpec(engine.name(), aModel(), null, "high", List.of(), PermissionPosture.EDIT);

    Turn first = begin("Hello", spec, new Continuation(RunPurpose.TURN, null, null, null));
    first.done();
    String session = first.heard().all(Told.Started.class).getFirst().engineSessionId();
    assertThat(session).isNotBlank();
    assertThat(first.heard().state()).isEqualTo(stateAfter(session, spec));

    EngineState state = first.heard().state();
    Turn second = begin("Again", spec, new Continuation(RunPurpose.TURN, null, state, null));
    second.done();

    assertThat(second.heard().all(Told.Started.class).getFirst().engineSessionId())
        .isEqualTo(session);
    assertThat(second.heard().state()).isEqualTo(state);
    assertThat(model.turns())
        .allSatisfy(request -> {
          assertThat(request.path("model").asString("")).isEqualTo(aModel());
          assertThat(effortIn(request)).isEqualTo("high");
        });
  }

  @Test
  void goesOnAfterItWasKilled() throws Exception {
    model.reply(ModelReply.says("I begin.").and(runs(ENDLESS)), ModelReply.says("I go on."));
    Turn killed = begin("A long work", PermissionPosture.FULL, null);
    await().atMost(LONG).until(() -> Files.exists(workspace.resolve("begun")));
    killed.awaitTool();

    killed.run().kill();

    EngineRun.Result result = killed.end();
    assertThat(result.exitCode()).isEqualTo(137);
    assertThat(result.failure()).isNotNull();
    assertStory("is-killed", killed, result);
    Turn next = begin("Go on", PermissionPosture.FULL, killed.heard().state());
    next.done();
    assertThat(next.heard().messages().getLast().text()).isEqualTo("I go on.");
    assertThat(model.turns().getLast().toString()).contains("A long work").contains("Go on");
  }

  @Test
  void saysThatItsConversationIsNotThere() throws Exception {
    model.reply(ModelReply.says("Never said."));

    Turn turn = begin("Go on", PermissionPosture.ASK, unknownConversation());

    EngineRun.Result result = turn.end();
    Failure failure = result.failure();
    assertThat(failure).isNotNull();
    assertThat(failure.code()).as(failure.message()).isEqualTo(EngineFailures.SESSION_UNKNOWN);
    assertThat(model.left()).isEqualTo(1);
    assertStory("is-not-there", turn, result);
  }

  @Test
  void saysWhatItsModelRefuses() throws Exception {
    repeat(new ModelReply.Fails(400, "invalid_request_error", "no such thing here"));

    Turn turn = begin("Hello", PermissionPosture.ASK, null);

    EngineRun.Result result = turn.end();
    Failure failure = result.failure();
    assertThat(failure).isNotNull();
    assertThat(failure.code()).as(failure.message()).isEqualTo(EngineFailures.API_ERROR);
    assertThat(failure.message()).contains("no such thing here");
    assertThat(failure.retryable()).isFalse();
    assertStory("is-refused", turn, result);
  }

  @Test
  void saysThatItIsNotSignedIn() throws Exception {
    repeat(new ModelReply.Fails(401, "authentication_error", "invalid key"));

    Turn turn = begin("Hello", PermissionPosture.ASK, null);

    EngineRun.Result result = turn.end();
    Failure failure = result.failure();
    assertThat(failure).isNotNull();
    assertThat(failure.code()).as(failure.message()).isEqualTo(EngineFailures.AUTH);
    assertStory("is-not-signed-in", turn, result);
  }

  @Test
  void saysThatItsModelTakesNoMoreForNow() throws Exception {
    repeat(new ModelReply.RateLimited(0));

    Turn turn = begin("Hello", PermissionPosture.ASK, null);

    EngineRun.Result result = turn.end();
    Failure failure = result.failure();
    assertThat(failure).isNotNull();
    assertThat(failure.code()).as(failure.message()).isEqualTo(EngineFailures.RATE_LIMITED);
    assertThat(failure.retryable()).isTrue();
    assertStory("is-limited", turn, result);
  }

  @Test
  void saysThatItsModelBrokeOff() throws Exception {
    repeat(new ModelReply.CutShort(ModelReply.says("Half of ", "a ", "sentence"), 4));

    Failure failure = begin("Hello", PermissionPosture.ASK, null).end().failure();

    assertThat(failure).isNotNull();
    assertThat(failure.code()).as(failure.message()).isEqualTo(EngineFailures.STREAM_CUT);
    assertThat(failure.retryable()).isTrue();
  }

  @Test
  void survivesAToolThatPrintsFiveMegabytes() throws Exception {
    model.reply(
        runs("head -c 5000000 /dev/zero | tr '\\0' x; echo; echo the end"),
        ModelReply.says("That was much."));

    Turn turn = begin("Print", PermissionPosture.FULL, null);

    assertStory("prints-much", turn, turn.done());
    assertThat(turn.heard().told())
        .allSatisfy(told -> assertThat(size(told)).isLessThan(256 * 1024));
    assertThat(turn.heard().tools()).hasSize(1);
    assertThat(turn.heard().messages().getLast().text()).isEqualTo("That was much.");
  }

  @Test
  void usesTheToolsOfHeddleUnaskedAndTellsNobodyItsToken() throws Exception {
    assumeTrue(engine.takesTools());
    seeOwnTools();
    model.reply(
        ownTool("report_progress", "{\"text\": \"half of it\", \"percent\": 50}"),
        ownTool("update_plan", "{\"tasks\": [{\"title\": \"look\", \"status\": \"completed\"}]}"),
        ownTool("ask_person", "{\"question\": \"Which one?\", \"options\": [\"left\", \"right\"]}"),
        ModelReply.says("Right it is."));
    try (LoopbackTools web = new LoopbackTools(Files.createDirectory(folder.resolve("web")))) {
      RecordingListener listener = new RecordingListener();
      // Only a run with a thread has a plan; there nothing is delegated here.
      try (ToolServers.Offer offer = web.open(listener, new NobodyDelegates())) {
        Turn turn =
            begin(
                "Work",
                new EngineSpec(engine.name(), modelName(), null, null, List.of())
                    .with(PermissionPosture.ASK),
                new Continuation(RunPurpose.TURN, null, null, null),
                listener,
                offer.server());

        Told.Question question = listener.awaitQuestion();
        assertThat(question.ask().kind()).isEqualTo(ApprovalKind.QUESTION);
        assertThat(question.ask().title()).isEqualTo("Which one?");
        listener.decide(question, Decision.Verdict.ALLOWED, Decision.Scope.ONCE, "2", null, null);

        EngineRun.Result result = turn.done();
        // Two roads: the call of a tool may come before the engine's word that it begins.
        List<Told> byTheEngine =
            listener.told().stream()
                .filter(told ->
                    !(told instanceof Told.Planned
                        || told instanceof Told.Question
                        || told instanceof Told.Settled))
                .toList();
        assertStory("uses-own-tools", byTheEngine, result);
        assertThat(listener.all(Told.Question.class)).hasSize(1);
        assertThat(listener.events(TraceBody.Notice.class))
            .extracting(TraceBody.Notice::text)
            .contains("50 %: half of it");
        assertThat(listener.all(Told.Planned.class))
            .extracting(planned -> planned.plan().tasks())
            .contains(List.of(new Plan.Task("look", PlanTaskStatus.COMPLETED)));
        assertThat(model.turns().getLast().toString()).contains("The person chose: right");
        String token = offer.server().token();
        assertThat(listener.told().toString()).doesNotContain(token);
        assertThat(model.turns().toString()).doesNotContain(token);
        assertThat(filesWith(token)).as("files that keep the token").isEmpty();
      }
    }
  }

  /** What the engine has left on the disk that holds a text. */
  private List<Path> filesWith(String text) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> {
            try {
              return Files.readString(file, StandardCharsets.ISO_8859_1).contains(text);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          })
          .toList();
    }
  }

  private static final class NobodyDelegates implements Delegator {
    @Override
    public Delegated delegate(Task task) {
      throw new AssertionError("nothing is delegated here");
    }

    @Override
    public void leave(DelegationId delegated) {}
  }

  @ParameterizedTest
  @EnumSource(PermissionPosture.class)
  void asksForWhatItsPostureSays(PermissionPosture posture) throws Exception {
    Path file = workspace.resolve("edited.txt");
    model.reply(
        writes(file, "text"),
        runs("bash -c 'echo run > run.txt'"),
        ModelReply.says("That is all."));
    Turn turn = begin("Do both", posture, null);

    int asked = 0;
    while (!awaitQuestionOrEnd(turn)) {
      asked++;
      turn.heard().deny(turn.heard().openQuestions().getFirst(), "not now");
    }

    EngineRun.Result result = turn.done();
    boolean edits = posture == PermissionPosture.EDIT || posture == PermissionPosture.FULL;
    assertThat(Files.exists(file)).as("a file is edited").isEqualTo(edits);
    assertThat(Files.exists(workspace.resolve("run.txt")))
        .as("a command is run")
        .isEqualTo(posture == PermissionPosture.FULL);
    switch (posture) {
      case PLAN -> assertThat(asked).isLessThanOrEqualTo(2);
      case ASK -> assertThat(asked).isEqualTo(2);
      case EDIT -> assertThat(asked).isEqualTo(1);
      case FULL -> assertThat(asked).isZero();
    }
    if (posture != PermissionPosture.PLAN) {
      // Some engines do not so much as try it there.
      assertStory("does-both-in-" + posture.wire(), turn, result);
    }
  }

  private static boolean awaitQuestionOrEnd(Turn turn) {
    await()
        .atMost(LONG)
        .until(() -> turn.run().done().isDone() || !turn.heard().openQuestions().isEmpty());
    return turn.heard().openQuestions().isEmpty();
  }

  /** Starts a run. */
  protected Turn begin(String prompt, PermissionPosture posture, @Nullable EngineState state)
      throws Exception {
    EngineSpec spec =
        new EngineSpec(engine.name(), modelName(), null, null, List.of()).with(posture);
    return begin(prompt, spec, new Continuation(RunPurpose.TURN, null, state, null));
  }

  /** Starts a run. */
  protected Turn begin(String prompt, EngineSpec spec, Continuation continuation) throws Exception {
    return begin(prompt, spec, continuation, new RecordingListener(), null);
  }

  private Turn begin(
      String prompt,
      EngineSpec spec,
      Continuation continuation,
      RecordingListener listener,
      @Nullable ToolServer tools)
      throws Exception {
    RunMarker marker = new RunMarker(UUID.randomUUID() + ".1.abcdef");
    EngineTask task =
        new EngineTask(
            marker,
            spec,
            prompt,
            continuation,
            new MessageId(UUID.randomUUID()),
            workspace,
            Map.of("HEDDLE_SESSION_ID", UUID.randomUUID().toString()),
            RunSecrets.NONE,
            FAR,
            tools);
    Turn turn = new Turn(marker, engine.start(task, listener), listener);
    turns.add(turn);
    return turn;
  }

  /** As many replies of the same as the engine may want before it gives up. */
  protected void repeat(ModelReply reply) {
    Collections.nCopies(attempts(), reply).forEach(model::reply);
  }

  /** What the run says it used is what the model's side has served. */
  protected void assertUsage(Turn turn) {
    assertThat(turn.heard().usage())
        .usingRecursiveComparison()
        .ignoringFields("costUsd")
        .isEqualTo(
            new TokenUsage(
                model.served().input(), model.served().cached(), model.served().output(), null));
  }

  private void assertUsageIs(Turn turn, long input, long output) {
    TokenUsage usage = turn.heard().usage();
    assertThat(usage).isNotNull();
    assertThat(usage.inputTokens()).as("input of the second turn alone").isEqualTo(input);
    assertThat(usage.outputTokens()).as("output of the second turn alone").isEqualTo(output);
  }

  /**
   * Compares what a run told with the committed transcript: the engine's own where there is one,
   * else that of all engines.
   */
  protected void assertStory(String scenario, Turn turn, EngineRun.Result result) throws Exception {
    assertStory(scenario, turn.heard().told(), result);
  }

  private void assertStory(String scenario, List<Told> told, EngineRun.Result result)
      throws Exception {
    String story = Transcript.of(told, result, this::anyDeed);
    String own = "/transcripts/%s/%s.txt".formatted(engine.name(), scenario);
    String path =
        EngineConformance.class.getResource(own) == null
            ? "/transcripts/%s.txt".formatted(scenario)
            : own;
    try (InputStream golden = EngineConformance.class.getResourceAsStream(path)) {
      assertThat(golden).as("%s is missing; the story was:%n%s", path, story).isNotNull();
      assertThat(story)
          .as(path)
          .isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /** Each engine makes other names of those of a server's tools. */
  private String anyDeed(String tool) {
    Matcher own = OWN_TOOL.matcher(tool);
    return own.matches() ? own.group(1) + " of Heddle" : deed(tool);
  }

  private static int size(Told told) {
    return switch (told) {
      case Told.Event(var body) -> Json.bytes(body).length;
      case Told.Message(var message) -> Json.bytes(message).length;
      case Told.Partial(var _, var text, var parts) ->
          Json.bytes(text).length + Json.bytes(parts).length;
      default -> 0;
    };
  }
}
