package dev.heddle.worker.workspace;

import static dev.heddle.worker.workspace.GitFixture.git;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.CheckpointId;
import dev.heddle.contracts.ThreadEnd;
import dev.heddle.contracts.WorkspaceSpec.Worktree;
import dev.heddle.testkit.SettableClock;
import dev.heddle.worker.process.RunMarker;
import dev.heddle.worker.workspace.Checkpoints.Captured;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Line 16 of the checklist: a dirty worktree is never removed. */
@Timeout(60)
class UnusedWorktreesIT {

  private final RunMarker marker = new RunMarker("unused.1." + Long.toHexString(System.nanoTime()));
  private final SettableClock clock = SettableClock.at("2026-11-21T09:00:00Z");
  @TempDir Path temporary;
  private Path origin;
  private Workspaces workspaces;
  private Workspace workspace;

  @BeforeEach
  void prepare() throws Exception {
    Path folder = temporary.toRealPath();
    origin = GitFixture.repository(folder.resolve("origin"));
    workspaces = TestWorkspaces.in(folder.resolve("home"), Duration.ofSeconds(20), clock);
    workspace = prepare("t1");
  }

  @Test
  void oneIsRemovedWhenNoRunWasInItForLongAndIsMadeAgainWithItsCheckpoints() throws Exception {
    Path file = workspace.directory().resolve("a.txt");
    Captured first = capture();
    Files.writeString(file, "two");
    capture();
    restore(first);
    clock.advance(Duration.ofDays(29));
    prepare("t1");
    clock.advance(Duration.ofDays(30));
    assertThat(workspaces.unused().find()).as("a run was in it not long ago").isEmpty();
    clock.advance(Duration.ofSeconds(1));
    assertThat(workspaces.unused().find()).containsExactly(workspace.directory());

    assertThat(workspaces.unused().remove(workspace.directory(), marker)).isEmpty();

    assertThat(workspace.directory()).doesNotExist();
    assertThat(temporary.resolve("home/checkpoints/t1")).doesNotExist();
    assertThat(prepare("t1")).isEqualTo(workspace);
    assertThat(file).hasContent("one");
    Files.writeString(file, "three");
    restore(first);
    assertThat(file).as("its checkpoints are there").hasContent("one");
  }

  @Test
  void thatOfADeletedThreadMayGoAtOnceAndThatOfAnArchivedOneAfterItsTime() throws Exception {
    Path other = prepare("t2").directory();
    clock.advance(Duration.ofHours(1));

    assertThat(workspaces.unused().ended("t1", ThreadEnd.DELETED, clock.instant())).isTrue();
    assertThat(workspaces.unused().ended("t2", ThreadEnd.ARCHIVED, clock.instant())).isTrue();
    assertThat(workspaces.unused().ended("t3", ThreadEnd.DELETED, clock.instant())).isFalse();

    assertThat(workspaces.unused().find()).containsExactly(workspace.directory());
    clock.advance(Duration.ofDays(7));
    assertThat(workspaces.unused().ended("t2", ThreadEnd.ARCHIVED, clock.instant()))
        .as("told again, it counts from the first time")
        .isFalse();
    clock.advance(Duration.ofSeconds(1));
    assertThat(workspaces.unused().find()).containsExactly(workspace.directory(), other);
  }

  @Test
  void aRunAfterItsEndShowsThatItIsNeeded() throws Exception {
    Instant end = clock.instant();
    workspaces.unused().ended("t1", ThreadEnd.DELETED, end);
    clock.advance(Duration.ofSeconds(1));

    prepare("t1");

    assertThat(workspaces.unused().find()).isEmpty();
    assertThat(workspaces.unused().ended("t1", ThreadEnd.DELETED, end))
        .as("what is told late is not of that run")
        .isFalse();
    assertThat(workspaces.unused().find()).isEmpty();
  }

  @Test
  void aDirtyOneIsNeverRemoved() throws Exception {
    Path untracked = Files.writeString(workspace.directory().resolve("new.txt"), "new");
    assertKept("it has uncommitted changes");
    Files.delete(untracked);
    Files.writeString(workspace.directory().resolve("a.txt"), "two");
    assertKept("it has uncommitted changes");
    git(workspace.directory(), "commit", "-qam", "not pushed");
    assertKept("it has commits that were not pushed");
    git(workspace.directory(), "checkout", "-q", "--detach");
    assertKept("it has commits that were not pushed");
    git(workspace.directory(), "push", "-q", "origin", "HEAD:refs/heads/heddle/t1");
    git(workspace.directory(), "fetch", "-q");

    assertThat(workspaces.unused().remove(workspace.directory(), marker)).isEmpty();
  }

  @Test
  void oneInTheMiddleOfSomethingOrLockedOrLedElsewhereIsKept() throws Exception {
    Path admin = Path.of(git(workspace.directory(), "rev-parse", "--absolute-git-dir"));
    Files.createDirectory(admin.resolve("rebase-merge"));
    assertKept("a merge or rebase is unfinished");
    Files.delete(admin.resolve("rebase-merge"));
    git(workspace.directory(), "worktree", "lock", workspace.directory().toString());
    assertThat(workspaces.unused().remove(workspace.directory(), marker).orElseThrow())
        .contains("locked");
    assertThat(workspace.directory().resolve("a.txt")).exists();
    git(workspace.directory(), "worktree", "unlock", workspace.directory().toString());

    Path own = temporary.toRealPath().resolve("own");
    git(origin, "worktree", "add", "-q", "-b", "own", own.toString());
    assertThat(workspaces.unused().remove(own, marker))
        .contains("it is not of a repository of this worker");
    assertThat(own.resolve("a.txt")).exists();
  }

  private void assertKept(String reason) throws Exception {
    assertThat(workspaces.unused().remove(workspace.directory(), marker)).contains(reason);
    assertThat(workspace.directory().resolve("a.txt")).exists();
  }

  private Workspace prepare(String owner) throws Exception {
    return workspaces.prepare(
        new Worktree(origin.toString(), null, "heddle/" + owner),
        owner,
        marker,
        new Cancellation());
  }

  private Captured capture() throws Exception {
    return workspaces
        .checkpoints()
        .capture(workspace, "t1", new CheckpointId(UUID.randomUUID()), marker, new Cancellation())
        .orElseThrow();
  }

  private void restore(Captured wanted) throws Exception {
    workspaces
        .checkpoints()
        .restore(
            workspace,
            "t1",
            wanted.id(),
            new CheckpointId(UUID.randomUUID()),
            marker,
            new Cancellation());
  }
}
