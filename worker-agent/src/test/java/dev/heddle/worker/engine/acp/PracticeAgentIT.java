package dev.heddle.worker.engine.acp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.Decision;
import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.PlanTaskStatus;
import dev.heddle.contracts.RunPurpose;
import dev.heddle.contracts.SessionFact.MessageCompleted;
import dev.heddle.contracts.ToolStatus;
import dev.heddle.contracts.TraceBody;
import dev.heddle.practice.PracticeAgent;
import dev.heddle.worker.engine.Cli;
import dev.heddle.worker.engine.Engine;
import dev.heddle.worker.engine.EngineRun;
import dev.heddle.worker.engine.EngineTask;
import dev.heddle.worker.engine.EngineTools;
import dev.heddle.worker.engine.OutputLimits;
import dev.heddle.worker.engine.conformance.RecordingListener;
import dev.heddle.worker.engine.conformance.RecordingListener.Told;
import dev.heddle.worker.engine.conformance.Turn;
import dev.heddle.worker.engine.wire.EngineFailures;
import dev.heddle.worker.process.BootClock;
import dev.heddle.worker.process.Guards;
import dev.heddle.worker.process.RunMarker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The practice agent as its own process, through the adapter; also what no other agent shows. */
@Timeout(120)
class PracticeAgentIT {

  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path folder;

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final List<Turn> turns = new ArrayList<>();
  private Path workspace;
  private Engine engine;

  @BeforeEach
  void open() throws Exception {
    workspace = Files.createDirectory(folder.resolve("workspace"));
    Files.writeString(workspace.resolve("a.txt"), "a");
    EngineTools tools =
        new EngineTools(
            Guards.install(Files.createDirectory(folder.resolve("worker"))),
            Set.of(),
            new OutputLimits(8_000_000, 100_000),
            folder.resolve("engines"),
            new Ids(Clock.systemUTC(), new SecureRandom()),
            Clock.systemUTC(),
            timer);
    AcpAgent practice =
        new AcpAgent(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                PracticeAgent.class.getName()),
            null,
            List.of("HEDDLE_PRACTICE_PACE"),
            List.of("HEDDLE_PRACTICE_HOME"),
            null,
            null,
            true,
            null,
            null,
            null);
    engine =
        new AcpEngine(
            new Cli(
                "practice",
                practice.cli(),
                tools,
                Map.of("PATH", System.getenv("PATH"), "HEDDLE_PRACTICE_PACE", "1")),
            practice);
  }

  @AfterEach
  void close() {
    turns.forEach(turn -> turn.run().kill());
    turns.forEach(turn -> await().atMost(LONG).until(() -> turn.run().done().isDone()));
    timer.close();
  }

  private Turn begin(String prompt, PermissionPosture posture, @Nullable EngineState state)
      throws Exception {
    RunMarker marker = new RunMarker(UUID.randomUUID() + ".1.abcdef");
    RecordingListener listener = new RecordingListener();
    EngineTask task =
        new EngineTask(
            marker,
            EngineSpec.of("practice").with(posture),
            prompt,
            new Continuation(RunPurpose.TURN, null, state, null),
            new MessageId(UUID.randomUUID()),
            workspace,
            Map.of(),
            BootClock.system().millis() + 3_600_000);
    Turn turn = new Turn(marker, engine.start(task, listener), listener);
    turns.add(turn);
    return turn;
  }

  private static String said(Turn turn) {
    return turn.heard().messages().stream()
        .map(MessageCompleted::text)
        .collect(Collectors.joining("\n"));
  }

  @Test
  void saysFirstThatItIsNoModelAndEditsAFile() throws Exception {
    Turn turn = begin("hello loom", PermissionPosture.EDIT, null);

    turn.done();
    assertThat(said(turn)).startsWith("This is the practice agent: a script");
    assertThat(workspace.resolve("practice.md")).content().contains("- hello loom");
    assertThat(turn.heard().tools())
        .extracting(TraceBody.ToolCall::name, TraceBody.ToolCall::status)
        .containsExactly(
            tuple("search", ToolStatus.COMPLETED), tuple("edit", ToolStatus.COMPLETED));
    assertThat(turn.heard().tools().getLast().diff()).contains("+- hello loom");
    assertThat(turn.heard().all(Told.Title.class))
        .containsExactly(new Told.Title("Practice: hello loom"));
    assertThat(turn.heard().usage()).isNotNull();
  }

  @Test
  void tellsAllOfItsStateAndGoesOnFromIt() throws Exception {
    Turn first = begin("hello", PermissionPosture.PLAN, null);
    first.done();
    String session = first.heard().all(Told.Started.class).getFirst().engineSessionId();
    assertThat(session).isNotBlank();
    assertThat(first.heard().state()).isEqualTo(state(session, "plan"));

    Turn second = begin("hello again", PermissionPosture.EDIT, first.heard().state());
    second.done();

    assertThat(second.heard().all(Told.Started.class)).containsExactly(new Told.Started(session));
    assertThat(second.heard().state()).isEqualTo(state(session, "ask"));
  }

  /** It has no options beside its modes, and no model. */
  private EngineState state(String session, String mode) {
    return new EngineState.Acp(
        "practice", "1.0.0", session, mode, Map.of(), null, workspace.toString());
  }

  @Test
  void asksBeforeItRunsSomethingAndHearsWhyNot() throws Exception {
    Turn turn = begin("ask", PermissionPosture.EDIT, null);

    Told.Question question = turn.heard().awaitQuestion();
    assertThat(question.ask().title()).isEqualTo("ls -l");
    turn.heard().deny(question, "not on a Sunday");

    turn.done();
    assertThat(said(turn)).contains("You said no", "You add “not on a Sunday”");
    assertThat(turn.heard().tools())
        .extracting(TraceBody.ToolCall::status)
        .containsExactly(ToolStatus.CANCELLED);
  }

  @Test
  void asksAQuestionWithChoices() throws Exception {
    Turn turn = begin("question", PermissionPosture.ASK, null);

    Told.Question question = turn.heard().awaitQuestion();
    assertThat(question.ask().kind()).isEqualTo(ApprovalKind.QUESTION);
    assertThat(question.ask().options()).extracting(option -> option.id()).contains("green");
    turn.heard()
        .decide(question, Decision.Verdict.ALLOWED, Decision.Scope.ONCE, "green", null, null);

    turn.done();
    assertThat(said(turn)).contains("You chose green");
  }

  @Test
  void takesWhatItIsToldWhileItWorks() throws Exception {
    Turn turn = begin("slow 3", PermissionPosture.ASK, null);
    turn.heard().await(TraceBody.EngineOutput.class, output -> output.text().contains("1 of 3"));

    assertThat(turn.run().input("mind the gap")).isNull();

    turn.done();
    assertThat(said(turn)).contains("You add “mind the gap”", "3 of 3", "That was it.");
    assertThat(turn.run().input("too late")).isNotNull();
  }

  @Test
  void endsItsTurnWhenItIsInterrupted() throws Exception {
    Turn turn = begin("slow 60", PermissionPosture.ASK, null);
    turn.heard().await(TraceBody.EngineOutput.class, output -> output.text().contains("1 of 60"));

    turn.run().terminate();

    EngineRun.Result result = turn.end();
    assertThat(result.failure()).isEqualTo(EngineFailures.interrupted());
    assertThat(result.exitCode()).isEqualTo(0);
    assertThat(turn.heard().messages().getLast().status()).isEqualTo(MessageStatus.FAILED);
  }

  @Test
  void showsAPlanAsItGoesOn() throws Exception {
    Turn turn = begin("plan", PermissionPosture.FULL, null);

    turn.done();
    List<Told.Planned> plans = turn.heard().all(Told.Planned.class);
    assertThat(plans.getFirst().plan().tasks())
        .allMatch(task -> task.status() == PlanTaskStatus.PENDING);
    assertThat(plans.getLast().plan().tasks())
        .hasSize(3)
        .allMatch(task -> task.status() == PlanTaskStatus.COMPLETED);
  }

  @Test
  void changesNothingWhereItIsToPlan() throws Exception {
    Turn turn = begin("hello", PermissionPosture.PLAN, null);

    turn.done();
    assertThat(workspace.resolve("practice.md")).doesNotExist();
    assertThat(turn.heard().all(Told.Planned.class)).isNotEmpty();
    Turn next = begin("hello again", PermissionPosture.EDIT, turn.heard().state());
    next.done();
    assertThat(workspace.resolve("practice.md")).content().contains("hello again");
  }

  @Test
  void goesOnAfterItWasKilledAndTellsNothingTwice() throws Exception {
    Turn first = begin("hello", PermissionPosture.EDIT, null);
    first.done();
    Turn killed = begin("slow 60", PermissionPosture.EDIT, first.heard().state());
    killed.heard().await(TraceBody.EngineOutput.class, output -> output.text().contains("1 of 60"));
    killed.run().kill();
    assertThat(killed.end().exitCode()).isEqualTo(137);

    Turn next = begin("help", PermissionPosture.EDIT, killed.heard().state());

    next.done();
    assertThat(said(next))
        .startsWith("Practice agent, turn 2. Before this you said “hello”.")
        .contains("`slow`")
        .doesNotContain("This is the practice agent");
    assertThat(next.heard().tools()).isEmpty();
  }

  @Test
  void failsAsItIsTold() throws Exception {
    assertThat(begin("fail", PermissionPosture.ASK, null).end().failure())
        .satisfies(failure -> {
          assertThat(failure.code()).isEqualTo(EngineFailures.API_ERROR);
          assertThat(failure.message()).contains("asked to fail");
        });
    assertThat(begin("crash", PermissionPosture.ASK, null).end())
        .satisfies(result -> {
          assertThat(result.exitCode()).isEqualTo(3);
          assertThat(result.failure().code()).isEqualTo(EngineFailures.EXIT_NONZERO);
          assertThat(result.failure().message()).contains("asked to crash");
        });
    EngineState unknown =
        new EngineState.Acp(
            "practice", null, UUID.randomUUID().toString(), null, Map.of(), null, null);
    assertThat(begin("hello", PermissionPosture.ASK, unknown).end().failure().code())
        .isEqualTo(EngineFailures.SESSION_UNKNOWN);
  }
}
