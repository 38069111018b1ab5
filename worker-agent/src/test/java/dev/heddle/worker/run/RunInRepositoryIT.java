package dev.heddle.worker.run;

import static dev.heddle.worker.workspace.GitFixture.git;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.heddle.contracts.CheckpointMoment;
import dev.heddle.contracts.CheckpointTarget;
import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.Outcome;
import dev.heddle.contracts.RunPurpose;
import dev.heddle.contracts.SessionEvent;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionFact.AttemptEnded;
import dev.heddle.contracts.SessionFact.CheckpointCaptured;
import dev.heddle.contracts.SessionFact.CheckpointRestored;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.contracts.WorkspaceSpec.LocalCheckout;
import dev.heddle.contracts.WorkspaceSpec.Worktree;
import dev.heddle.messaging.Json;
import dev.heddle.worker.engine.Engine;
import dev.heddle.worker.engine.EngineListener;
import dev.heddle.worker.engine.EngineProperties;
import dev.heddle.worker.engine.EngineRun;
import dev.heddle.worker.engine.EngineTask;
import dev.heddle.worker.engine.EngineTools;
import dev.heddle.worker.engine.Engines;
import dev.heddle.worker.process.Guards;
import dev.heddle.worker.workspace.GitFixture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

/** Whole runs in real repositories. */
@Timeout(90)
class RunInRepositoryIT {

  private static final MessageId TOLD = new MessageId(UUID.randomUUID());

  private final ThreadId thread = new ThreadId(UUID.randomUUID());
  @TempDir Path temporary;
  private Path folder;
  private Path origin;
  private WritingEngine engine;
  private RunBench bench;

  @BeforeEach
  void prepare() throws Exception {
    folder = temporary.toRealPath();
    origin = GitFixture.repository(folder.resolve("origin"));
    engine = new WritingEngine();
    Path home = Files.createDirectory(folder.resolve("home"));
    EngineProperties properties =
        new EngineProperties(
            List.of("command"),
            List.of("bash", "-s"),
            List.of(),
            DataSize.ofMegabytes(1),
            1_000,
            null,
            null);
    Clock clock = Clock.systemUTC();
    EngineTools tools =
        EngineTools.of(
            properties,
            Guards.install(home),
            home.resolve("engines"),
            new Ids(clock, new SecureRandom()),
            clock);
    bench = new RunBench(home, engine, Engines.of(properties, tools, List.of(engine)));
  }

  @Test
  void aRunHasACheckpointBeforeAndAfterAndOneThatChangesNothingHasNone() throws Exception {
    List<SessionFact> first = run(worktree(null), "a.txt two");
    List<CheckpointCaptured> captured = all(first, CheckpointCaptured.class);
    assertThat(captured)
        .extracting(CheckpointCaptured::moment, CheckpointCaptured::changedFiles)
        .containsExactly(tuple(CheckpointMoment.BEFORE, 0), tuple(CheckpointMoment.AFTER, 1));
    assertThat(captured.getLast().parentId()).isEqualTo(captured.getFirst().checkpointId());
    assertThat(index(first, CheckpointCaptured.class))
        .as("before the engine")
        .isLessThan(index(first, SessionFact.EngineStarted.class));

    assertThat(all(run(worktree(null), ""), CheckpointCaptured.class)).isEmpty();
    List<CheckpointCaptured> third =
        all(run(worktree(null), "b.txt new"), CheckpointCaptured.class);
    assertThat(third).hasSize(1);
    assertThat(third.getFirst().moment()).isEqualTo(CheckpointMoment.AFTER);
    assertThat(third.getFirst().parentId())
        .as("the checkpoint that the run before has left")
        .isEqualTo(captured.getLast().checkpointId());
  }

  @Test
  void whatWasChangedByHandIsKeptBeforeTheNextRun() throws Exception {
    run(new LocalCheckout(origin.toString()), "b.txt new");
    Files.writeString(origin.resolve("hand.txt"), "by hand");

    assertThat(all(run(new LocalCheckout(origin.toString()), ""), CheckpointCaptured.class))
        .extracting(CheckpointCaptured::moment)
        .containsExactly(CheckpointMoment.BEFORE);
  }

  @Test
  void aResetStartsNoEngineAndTellsWhatItHasPutBack() throws Exception {
    List<CheckpointCaptured> captured =
        all(run(worktree(null), "a.txt two"), CheckpointCaptured.class);
    Path directory = engine.directories.take();
    Files.writeString(directory.resolve("hand.txt"), "by hand");
    CheckpointCaptured before = captured.getFirst();

    List<SessionFact> facts = reset(worktree(null), before);

    assertThat(engine.directories).as("no engine").isEmpty();
    assertThat(directory.resolve("a.txt")).hasContent("one");
    assertThat(directory.resolve("hand.txt")).doesNotExist();
    CheckpointCaptured saved = all(facts, CheckpointCaptured.class).getFirst();
    assertThat(saved.messageId()).as("where the conversation was").isEqualTo(TOLD);
    assertThat(saved.parentId()).isEqualTo(captured.getLast().checkpointId());
    assertThat(all(facts, CheckpointRestored.class))
        .containsExactly(new CheckpointRestored(before.checkpointId(), before.ref(), TOLD, 2));
    assertThat(facts.getLast()).isEqualTo(new AttemptEnded(Outcome.COMPLETED, null, null));

    reset(worktree(null), saved);
    assertThat(directory.resolve("a.txt")).hasContent("two");
    assertThat(directory.resolve("hand.txt")).hasContent("by hand");
  }

  @Test
  void aResetToWhatIsNotHereFailsAndSaysSo() throws Exception {
    List<CheckpointCaptured> captured =
        all(run(worktree(null), "a.txt two"), CheckpointCaptured.class);

    AttemptEnded elsewhere =
        (AttemptEnded) reset(new LocalCheckout(origin.toString()), captured.getFirst()).getLast();

    assertThat(elsewhere.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(elsewhere.failure().code()).isEqualTo("unknown_checkpoint");
    assertThat(elsewhere.failure().retryable()).isFalse();
  }

  @Test
  void twoThreadsInOneFolderTakeTurnsUnderWhateverName() throws Exception {
    Path alias = Files.createSymbolicLink(folder.resolve("alias"), origin);
    engine.holds = new CompletableFuture<>();
    Run first = bench.begin(thread, new LocalCheckout(origin.toString()), "", null);
    engine.directories.take();
    Run second =
        bench.begin(new ThreadId(UUID.randomUUID()), new LocalCheckout(alias.toString()), "", null);
    Run cancelled =
        bench.begin(
            new ThreadId(UUID.randomUUID()), new LocalCheckout(origin.toString()), "", null);
    Run elsewhere = bench.begin(new ThreadId(UUID.randomUUID()), worktree(null), "", null);

    assertThat(engine.directories.take()).as("another folder").isNotEqualTo(origin);
    cancelled.stopWithWorker();
    cancelled.over().get(20, TimeUnit.SECONDS);
    assertThat(engine.directories).as("the second one waits").isEmpty();
    assertThat(bench.reported).anyMatch(record -> record.contains("waits until another run"));
    engine.holds.complete(null);

    assertThat(engine.directories.poll(20, TimeUnit.SECONDS)).isEqualTo(alias);
    for (Run run : List.of(first, second, elsewhere)) {
      run.over().get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void theSetUpCommandRunsOnceInANewWorktreeAndItsOutputIsInTheTimeline() throws Exception {
    Worktree spec = worktree("echo preparing; echo done >> .set-up; echo \"$HEDDLE_THREAD_ID\"");

    List<SessionFact> facts = run(spec, "");
    run(spec, "");

    Path directory = engine.directories.take();
    assertThat(directory.resolve(".set-up")).hasContent("done");
    assertThat(bench.reported)
        .filteredOn(record -> record.startsWith("trace.events"))
        .anyMatch(record -> record.contains("\"text\":\"preparing\""))
        .anyMatch(record -> record.contains("\"text\":\"" + thread + "\""))
        .anyMatch(record -> record.contains("set-up command of the project"));
    assertThat(facts).noneMatch(SessionFact.MessageCompleted.class::isInstance);
    assertThat(git(directory, "status", "--porcelain")).isEqualTo("?? .set-up");
    assertThat(all(facts, CheckpointCaptured.class))
        .as("what was set up was there before the engine")
        .hasSize(1);
  }

  @Test
  void aSetUpThatFailsFailsTheRunWithItsLastLinesAndIsTriedAgain() throws Exception {
    Path ready = folder.resolve("ready");
    Worktree spec = worktree("echo first; echo broken >&2; [ -e %s ] || exit 3".formatted(ready));

    AttemptEnded ended = (AttemptEnded) run(spec, "").getLast();

    assertThat(ended.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(ended.failure().code()).isEqualTo("setup_failed");
    assertThat(ended.failure().message()).contains("code 3", "first", "broken");
    assertThat(engine.directories).isEmpty();
    Files.createFile(ready);
    assertThat(((AttemptEnded) run(spec, "").getLast()).outcome()).isEqualTo(Outcome.COMPLETED);
  }

  private Worktree worktree(@Nullable String setup) {
    return new Worktree(origin.toString(), null, "heddle/one", setup);
  }

  private List<SessionFact> run(WorkspaceSpec workspace, String prompt) throws Exception {
    return facts(workspace, prompt, null);
  }

  private List<SessionFact> reset(WorkspaceSpec workspace, CheckpointCaptured wanted)
      throws Exception {
    return facts(
        workspace,
        "not for an engine",
        new Continuation(
            RunPurpose.RESET,
            TOLD,
            null,
            null,
            null,
            new CheckpointTarget(wanted.checkpointId(), wanted.ref(), TOLD)));
  }

  private List<SessionFact> facts(
      WorkspaceSpec workspace, String prompt, @Nullable Continuation from) throws Exception {
    int before = bench.reported.size();
    Run run = bench.begin(thread, workspace, prompt, from);
    run.over().get(60, TimeUnit.SECONDS);
    run.delivered().get(20, TimeUnit.SECONDS);
    String topic = Topics.SESSION_EVENTS.name() + " ";
    return bench.reported.stream()
        .skip(before)
        .filter(record -> record.startsWith(topic))
        .map(record -> record.substring(topic.length()).getBytes(StandardCharsets.UTF_8))
        .map(payload -> Json.read(payload, SessionEvent.class).fact())
        .toList();
  }

  private static <F extends SessionFact> List<F> all(List<SessionFact> facts, Class<F> kind) {
    return facts.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private static int index(List<SessionFact> facts, Class<? extends SessionFact> kind) {
    return facts.indexOf(facts.stream().filter(kind::isInstance).findFirst().orElseThrow());
  }

  /** Writes the file that its prompt names with the text behind that. */
  private static final class WritingEngine implements Engine {

    final BlockingQueue<Path> directories = new LinkedBlockingQueue<>();
    volatile CompletableFuture<Void> holds = CompletableFuture.completedFuture(null);

    @Override
    public String name() {
      return "writing";
    }

    @Override
    public @Nullable String version() {
      return null;
    }

    @Override
    public EngineRun start(EngineTask task, EngineListener listener) {
      listener.started(null);
      int blank = task.prompt().indexOf(' ');
      if (blank > 0) {
        try {
          Files.writeString(
              task.directory().resolve(task.prompt().substring(0, blank)),
              task.prompt().substring(blank + 1));
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
      }
      directories.add(task.directory());
      CompletableFuture<EngineRun.Result> done =
          holds.thenApply(_ -> new EngineRun.Result(0, Duration.ZERO, null));
      return new EngineRun() {
        @Override
        public void tick(long deadline) {}

        @Override
        public void terminate() {}

        @Override
        public void kill() {}

        @Override
        public CompletableFuture<Result> done() {
          return done;
        }
      };
    }
  }
}
