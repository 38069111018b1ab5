package dev.heddle.worker.run;

import static dev.heddle.worker.workspace.GitFixture.git;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.Outcome;
import dev.heddle.contracts.PullRequest;
import dev.heddle.contracts.PullRequestState;
import dev.heddle.contracts.RepositoryAction;
import dev.heddle.contracts.RunPurpose;
import dev.heddle.contracts.SessionEvent;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionFact.AttemptEnded;
import dev.heddle.contracts.SessionFact.CheckpointCaptured;
import dev.heddle.contracts.SessionFact.CheckpointCompared;
import dev.heddle.contracts.SessionFact.FileChange;
import dev.heddle.contracts.SessionFact.PullRequestLinked;
import dev.heddle.contracts.SessionFact.RepositoryReported;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.WorkspaceSpec.Worktree;
import dev.heddle.messaging.Json;
import dev.heddle.worker.workspace.GitFixture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commit, push and pull request with a bare remote; the forge is a script in the place of gh. */
@Timeout(90)
class RepositoryActionIT {

  private static final String BRANCH = "heddle/one";

  private final ThreadId thread = new ThreadId(UUID.randomUUID());
  @TempDir Path temporary;
  private Path home;
  private Path remote;
  private ShellEngine engine;
  private RunBench bench;

  @BeforeEach
  void prepare() throws Exception {
    Path folder = temporary.toRealPath();
    Path origin = GitFixture.repository(folder.resolve("origin"));
    remote = folder.resolve("remote.git");
    git(folder, "clone", "-q", "--bare", origin.toString(), remote.toString());
    home = Files.createDirectory(folder.resolve("home"));
    engine = new ShellEngine();
    bench = new RunBench(home, engine);
  }

  @Test
  void aCommitTakesNewFilesAndNoHookAndAPushTakesItToTheRemote() throws Exception {
    run("echo two > a.txt; echo new > b.txt; echo x > c.log; echo '*.log' > .gitignore");
    Path hooks = Path.of(git(engine.directory(), "rev-parse", "--git-common-dir"), "hooks");
    Files.createDirectories(hooks);
    Path hook = Files.writeString(hooks.resolve("pre-commit"), "#!/bin/sh\nexit 1\n");
    assertThat(hook.toFile().setExecutable(true)).isTrue();

    List<SessionFact> facts = act(new RepositoryAction.Commit("Fix the cart\n\nTwice."));

    assertThat(failureOf(facts)).isNull();
    assertThat(git(engine.directory(), "log", "-1", "--format=%B"))
        .isEqualTo("Fix the cart\n\nTwice.");
    assertThat(git(engine.directory(), "show", "--name-only", "--format=").lines())
        .containsExactly(".gitignore", "a.txt", "b.txt");
    RepositoryReported reported =
        facts.stream()
            .filter(RepositoryReported.class::isInstance)
            .map(RepositoryReported.class::cast)
            .findFirst()
            .orElseThrow();
    assertThat(reported.changedFiles()).isZero();
    assertThat(failureOf(act(new RepositoryAction.Commit("Again")))).isEqualTo("nothing_to_commit");

    assertThat(failureOf(act(new RepositoryAction.Push()))).isNull();
    assertThat(git(remote, "rev-parse", BRANCH)).isEqualTo(reported.head());
  }

  /** An attempt that is lost after it did something cannot say so; the next one does it again. */
  @Test
  void whatALostAttemptHasDoneIsFoundAndNotDoneTwice() throws Exception {
    run("echo two > a.txt");
    SessionId session = new SessionId(UUID.randomUUID());
    RepositoryAction commit = new RepositoryAction.Commit("Two  \n\n\n\nof them.\n");
    assertThat(failureOf(attempt(session, 1, commit))).isNull();
    String made = git(engine.directory(), "rev-parse", "HEAD");

    assertThat(failureOf(attempt(session, 2, commit))).isNull();

    assertThat(git(engine.directory(), "rev-parse", "HEAD")).isEqualTo(made);
    assertThat(bench.reported).anyMatch(one -> one.contains("was committed already, as " + made));
    assertThat(failureOf(act(new RepositoryAction.Commit("Two")))).isEqualTo("nothing_to_commit");

    assertThat(failureOf(attempt(session, 3, new RepositoryAction.Push()))).isNull();
    assertThat(failureOf(attempt(session, 4, new RepositoryAction.Push()))).isNull();
    assertThat(git(remote, "rev-parse", BRANCH)).isEqualTo(made);
  }

  @Test
  void aPullRequestThatIsOpenAlreadyIsLinkedAndNoFailure() throws Exception {
    run("echo two > a.txt");
    act(new RepositoryAction.Commit("Two"));
    Path said = temporary.resolve("said");
    forge(
        """
        printf '%%s|' "$@" >> %s; echo >> %s
        case "$2" in
          create) echo 'a pull request for branch "heddle/one" already exists' >&2; exit 1;;
          list) printf 'https://git.example/shop/pull/7 true';;
        esac
        """
            .formatted(said, said));

    List<SessionFact> facts =
        act(new RepositoryAction.OpenPullRequest("The cart", null, false, "main"));

    assertThat(failureOf(facts)).isNull();
    assertThat(facts)
        .contains(
            new PullRequestLinked(
                new PullRequest(
                    7, "https://git.example/shop/pull/7", PullRequestState.OPEN, true)));
    assertThat(Files.readAllLines(said).getLast())
        .isEqualTo(
            "pr|list|--repo|%s|--head|%s|--state|open|--base|main|--limit|1|--json|url,isDraft|--template|{{range .}}{{.url}} {{.isDraft}}{{end}}|"
                .formatted(remote, BRANCH));
    assertThat(bench.reported).anyMatch(one -> one.contains("is open already"));
  }

  @Test
  void aRefusedPushIsNeverForced() throws Exception {
    run("echo two > a.txt");
    act(new RepositoryAction.Commit("Two"));
    act(new RepositoryAction.Push());
    String theirs =
        git(
            remote,
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@t",
            "commit-tree",
            "-m",
            "theirs",
            "main^{tree}");
    git(remote, "update-ref", "refs/heads/" + BRANCH, theirs);

    assertThat(failureOf(act(new RepositoryAction.Push()))).isEqualTo("push_failed");

    assertThat(git(remote, "rev-parse", BRANCH)).isEqualTo(theirs);
  }

  @Test
  void aPullRequestIsOpenedByTheForgesCommandAndLinked() throws Exception {
    run("echo two > a.txt");
    act(new RepositoryAction.Commit("Two"));
    RepositoryAction wanted =
        new RepositoryAction.OpenPullRequest("The cart", "It counted twice.", true, "main");

    List<SessionFact> without = act(wanted);

    assertThat(failureOf(without)).isEqualTo("forge_cli_missing");
    assertThat(((AttemptEnded) without.getLast()).failure().message()).contains(BRANCH);
    assertThat(git(remote, "rev-parse", BRANCH)).as("pushed").isNotEmpty();

    Path said = temporary.resolve("said");
    forge("printf '%%s|' \"$@\" > %s\necho https://git.example/shop/pull/7\n".formatted(said));
    List<SessionFact> facts = act(wanted);

    assertThat(failureOf(facts)).isNull();
    assertThat(facts)
        .contains(
            new PullRequestLinked(
                new PullRequest(
                    7, "https://git.example/shop/pull/7", PullRequestState.OPEN, true)));
    assertThat(Files.readString(said))
        .isEqualTo(
            "pr|create|--repo|%s|--head|%s|--title|The cart|--body|It counted twice.|--base|main|--draft|"
                .formatted(remote, BRANCH));

    forge("echo not signed in >&2; exit 4\n");
    List<SessionFact> refused = act(wanted);
    assertThat(failureOf(refused)).isEqualTo("pull_request_failed");
    assertThat(((AttemptEnded) refused.getLast()).failure().message()).contains("not signed in");
  }

  @Test
  void aCheckpointIsToldWithWhatItChangedAndComparedWhenAsked() throws Exception {
    List<SessionFact> facts = run("echo two > a.txt; printf 'x\\0y' > b.bin");
    CheckpointCaptured captured =
        facts.stream()
            .filter(CheckpointCaptured.class::isInstance)
            .map(CheckpointCaptured.class::cast)
            .toList()
            .getLast();

    CheckpointCompared told = compared(facts);
    assertThat(told.checkpointId()).isEqualTo(captured.checkpointId());
    assertThat(told.fromId()).isEqualTo(captured.parentId());
    assertThat(told.files())
        .containsExactly(
            new FileChange("a.txt", "M", 1, 1), new FileChange("b.bin", "A", null, null));
    assertThat(told.patch()).contains("+two");

    CheckpointCompared base =
        compared(act(new RepositoryAction.Compare(captured.checkpointId(), null)));
    assertThat(base.fromId()).isNull();
    assertThat(base.files()).isEqualTo(told.files());
  }

  @Test
  void whatThisWorkerDoesNotKnowItRefuses() throws Exception {
    run("");

    assertThat(
            failureOf(
                facts(
                    "",
                    new Continuation(RunPurpose.REPOSITORY, null, null, null, null, null, null))))
        .isEqualTo("unknown_action");
  }

  private List<SessionFact> run(String script) throws Exception {
    return facts(script, null);
  }

  /** What is called in the place of gh. */
  private void forge(String script) throws IOException {
    Path forge = Files.writeString(home.resolve("gh"), "#!/bin/sh\n" + script);
    assertThat(forge.toFile().setExecutable(true)).isTrue();
  }

  private List<SessionFact> act(RepositoryAction action) throws Exception {
    return facts("exit 1", Continuation.of(action, null));
  }

  private List<SessionFact> attempt(SessionId session, int attempt, RepositoryAction action)
      throws Exception {
    return facts(session, attempt, "exit 1", Continuation.of(action, null));
  }

  private List<SessionFact> facts(String prompt, @Nullable Continuation from) throws Exception {
    return facts(new SessionId(UUID.randomUUID()), 1, prompt, from);
  }

  private List<SessionFact> facts(
      SessionId session, int attempt, String prompt, @Nullable Continuation from) throws Exception {
    int before = bench.reported.size();
    Worktree worktree = new Worktree(remote.toString(), null, BRANCH);
    Run run = bench.begin(session, thread, attempt, worktree, prompt, from);
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

  private static CheckpointCompared compared(List<SessionFact> facts) {
    return facts.stream()
        .filter(CheckpointCompared.class::isInstance)
        .map(CheckpointCompared.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private static @Nullable String failureOf(List<SessionFact> facts) {
    AttemptEnded ended = (AttemptEnded) facts.getLast();
    assertThat(ended.outcome() == Outcome.COMPLETED).isEqualTo(ended.failure() == null);
    return ended.failure() == null ? null : ended.failure().code();
  }
}
