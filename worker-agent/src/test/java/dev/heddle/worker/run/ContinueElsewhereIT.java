package dev.heddle.worker.run;

import static dev.heddle.worker.workspace.GitFixture.git;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.CheckpointId;
import dev.heddle.contracts.Outcome;
import dev.heddle.contracts.SessionEvent;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionFact.AttemptEnded;
import dev.heddle.contracts.SessionFact.CheckpointCaptured;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.WorkspaceSpec.SharedCheckpoints;
import dev.heddle.contracts.WorkspaceSpec.Worktree;
import dev.heddle.messaging.Json;
import dev.heddle.worker.workspace.GitFixture;
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

/** Two machines, one thread, and a bare repository between them. */
@Timeout(90)
class ContinueElsewhereIT {

  private final ThreadId thread = new ThreadId(UUID.randomUUID());
  @TempDir Path temporary;
  private Path remote;
  private Machine one;
  private Machine two;

  /** A worker with its own home. */
  private record Machine(Path home, RunBench bench, ShellEngine engine) {

    static Machine in(Path home) throws Exception {
      Files.createDirectory(home);
      ShellEngine engine = new ShellEngine();
      return new Machine(home, new RunBench(home, engine), engine);
    }
  }

  @BeforeEach
  void prepare() throws Exception {
    Path folder = temporary.toRealPath();
    Path origin = GitFixture.repository(folder.resolve("origin"));
    remote = folder.resolve("remote.git");
    git(folder, "clone", "-q", "--bare", origin.toString(), remote.toString());
    one = Machine.in(folder.resolve("one"));
    two = Machine.in(folder.resolve("two"));
  }

  @Test
  void anotherMachineGoesOnFromTheFilesAndCommitsThatOnlyTheFirstOneHad() throws Exception {
    CheckpointId last =
        captured(
            run(
                one,
                null,
                "echo committed > b.txt && git add b.txt"
                    + " && git -c user.name=t -c user.email=t@t commit -qm b && echo two > a.txt"
                    + " && echo new > c.txt"));
    String head = git(one.engine().directory(), "rev-parse", "HEAD");
    assertThat(git(remote, "for-each-ref", "--format=%(refname)", "refs/heddle"))
        .as("nothing but checkpoints, and those of both moments")
        .hasLineCount(2)
        .contains("refs/heddle/checkpoints/" + thread + "/" + last);

    List<SessionFact> facts = run(two, last, "echo three > d.txt");

    Path there = two.engine().directory();
    assertThat(there.resolve("a.txt")).hasContent("two");
    assertThat(there.resolve("c.txt")).hasContent("new");
    assertThat(git(there, "rev-parse", "HEAD")).isEqualTo(head);
    assertThat(git(there, "symbolic-ref", "--short", "HEAD")).isEqualTo("heddle/one");
    assertThat(git(there, "status", "--porcelain").lines())
        .containsExactlyInAnyOrder("M a.txt", "?? c.txt", "?? d.txt");
    assertThat(two.bench().reported)
        .anyMatch(record -> record.contains("goes on from checkpoint " + last));
    assertThat(facts.stream().filter(CheckpointCaptured.class::isInstance))
        .as("nothing was different before the engine")
        .hasSize(1);

    CheckpointId back = captured(facts);
    Files.writeString(one.engine().directory().resolve("hand.txt"), "by hand");
    run(one, back, "");

    assertThat(one.engine().directory().resolve("d.txt")).hasContent("three");
    assertThat(one.engine().directory().resolve("hand.txt")).doesNotExist();
    assertThat(one.bench().reported)
        .as("what was here before is not lost")
        .anyMatch(record -> record.contains("the files that were here before are kept as"));
  }

  @Test
  void whereACheckpointWasCapturedTheFilesStayAsTheyAreSince() throws Exception {
    CheckpointId last = captured(run(one, null, "echo two > a.txt"));
    Path here = one.engine().directory();
    Files.writeString(here.resolve("hand.txt"), "by hand");

    run(one, last, "");

    assertThat(here.resolve("hand.txt")).hasContent("by hand");
  }

  @Test
  void aBranchStaysWhereItsCommitsAreOnThisMachineAlone() throws Exception {
    run(
        two,
        null,
        "echo own > own.txt && git add own.txt"
            + " && git -c user.name=t -c user.email=t@t commit -qm own");
    CheckpointId last = captured(run(one, null, "echo two > a.txt"));

    run(two, last, "");

    Path there = two.engine().directory();
    assertThat(there.resolve("a.txt")).hasContent("two");
    assertThat(git(there, "log", "-1", "--format=%s")).isEqualTo("own");
  }

  @Test
  void whatTheRemoteDoesNotHaveIsSaidAndTheRunGoesOnFromTheBranch() throws Exception {
    CheckpointId unknown = new CheckpointId(UUID.randomUUID());

    List<SessionFact> facts = run(two, unknown, "echo two > a.txt");

    assertThat(((AttemptEnded) facts.getLast()).outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(two.bench().reported)
        .anyMatch(record ->
            record.contains("checkpoint " + unknown + " of another machine cannot be had")
                && record.contains("heddle/one"));
  }

  @Test
  void aRemoteThatTakesNoneFailsNoRunAndShowsNoPassword() throws Exception {
    run(one, null, "");
    Path repository = Path.of(git(one.engine().directory(), "rev-parse", "--git-common-dir"));
    git(repository, "remote", "set-url", "origin", "http://me:s3cret@127.0.0.1:1/x.git");

    List<SessionFact> facts = run(one, null, "echo two > a.txt");

    assertThat(((AttemptEnded) facts.getLast()).outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(captured(facts)).isNotNull();
    assertThat(one.bench().reported)
        .anyMatch(record -> record.contains("was not pushed, so that only this machine has it"))
        .noneMatch(record -> record.contains("s3cret"));
  }

  private List<SessionFact> run(Machine machine, @Nullable CheckpointId last, String script)
      throws Exception {
    List<String> reported = machine.bench().reported;
    int before = reported.size();
    Worktree spec =
        new Worktree(remote.toString(), null, "heddle/one", null, new SharedCheckpoints(last));
    Run run = machine.bench().begin(thread, spec, script, null);
    run.over().get(60, TimeUnit.SECONDS);
    run.delivered().get(20, TimeUnit.SECONDS);
    String topic = Topics.SESSION_EVENTS.name() + " ";
    return reported.stream()
        .skip(before)
        .filter(record -> record.startsWith(topic))
        .map(record -> record.substring(topic.length()).getBytes(StandardCharsets.UTF_8))
        .map(payload -> Json.read(payload, SessionEvent.class).fact())
        .toList();
  }

  private static CheckpointId captured(List<SessionFact> facts) {
    return facts.stream()
        .filter(CheckpointCaptured.class::isInstance)
        .map(CheckpointCaptured.class::cast)
        .toList()
        .getLast()
        .checkpointId();
  }
}
