package dev.heddle.worker.workspace;

import static dev.heddle.worker.workspace.GitFixture.commit;
import static dev.heddle.worker.workspace.GitFixture.git;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.contracts.CheckpointId;
import dev.heddle.contracts.Failure;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.contracts.WorkspaceSpec.LocalCheckout;
import dev.heddle.contracts.WorkspaceSpec.Worktree;
import dev.heddle.testkit.SettableClock;
import dev.heddle.worker.process.RunMarker;
import dev.heddle.worker.workspace.Checkpoints.Captured;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/** What a repository, or an engine that can write its settings, would have the worker do. */
@Timeout(60)
class HostileRepositoryIT {

  private final RunMarker marker =
      new RunMarker("hostile.1." + Long.toHexString(System.nanoTime()));
  private final SettableClock clock = SettableClock.at("2026-11-21T09:00:00Z");
  @TempDir Path temporary;
  private Path folder;
  private Path origin;
  private Path mark;
  private Workspaces workspaces;

  @BeforeEach
  void prepare() throws Exception {
    folder = temporary.toRealPath();
    mark = folder.resolve("pwned");
    origin = GitFixture.repository(folder.resolve("origin"));
    commit(origin, ".gitattributes", "* filter=evil diff=evil text eol=crlf\n");
    workspaces = TestWorkspaces.in(folder.resolve("home"), Duration.ofSeconds(20), clock);
  }

  @Test
  void noProgramThatALocalCheckoutNamesIsStarted() throws Exception {
    arm(origin);
    Workspace workspace = prepare(new LocalCheckout(origin.toString()), "t1");
    byte[] bytes = "a\r\nb\n".getBytes(StandardCharsets.UTF_8);
    Files.write(origin.resolve("b.txt"), bytes);
    Captured first = capture(workspace, "t1");
    Files.writeString(origin.resolve("b.txt"), "changed");
    Files.writeString(origin.resolve("a.txt"), "changed");
    Captured second = capture(workspace, "t1");

    assertThat(workspaces.inspect(workspace, marker)).isPresent();
    compare(workspace, first, second);
    restore(workspace, "t1", first);

    assertThat(origin.resolve("b.txt")).as("byte for byte").hasBinaryContent(bytes);
    assertThat(mark).doesNotExist();
  }

  @Test
  void noProgramThatAnEngineHasPutIntoTheSharedRepositoryIsStarted() throws Exception {
    Workspace first = prepare(worktree("b1"), "t1");
    arm(Path.of(git(first.directory(), "rev-parse", "--git-common-dir")));
    clock.advance(Duration.ofMinutes(1));

    Workspace second = prepare(worktree("b2"), "t2");
    Files.writeString(second.directory().resolve("a.txt"), "changed");
    Captured captured = capture(second, "t2");
    restore(second, "t2", captured);
    assertThat(workspaces.inspect(second, marker)).isPresent();

    assertThat(second.directory().resolve("a.txt")).exists();
    assertThat(mark).doesNotExist();
  }

  @Test
  void noProgramIsStartedByACommitOrAPush() throws Exception {
    Workspace workspace = prepare(worktree("b1"), "t1");
    arm(Path.of(git(workspace.directory(), "rev-parse", "--git-common-dir")));
    Files.writeString(workspace.directory().resolve("a.txt"), "changed");

    String made =
        workspaces.actions().commit(workspace, "Change", marker, new Cancellation()).commit();
    workspaces.actions().push(workspace, marker, new Cancellation());

    assertThat(git(origin, "rev-parse", "b1")).isEqualTo(made);
    assertThat(mark).doesNotExist();
  }

  @Test
  void aSubmoduleIsNotEntered() throws Exception {
    Path inner = GitFixture.repository(origin.resolve("inner"));
    commit(inner, ".gitattributes", "* filter=evil\n");
    git(origin, "add", "inner");
    commit(origin, "c.txt", "with a submodule");
    arm(inner);
    Workspace workspace = prepare(new LocalCheckout(origin.toString()), "t1");
    Files.writeString(inner.resolve("a.txt"), "changed");

    Captured captured = capture(workspace, "t1");
    assertThat(workspaces.inspect(workspace, marker)).isPresent();
    restore(workspace, "t1", captured);

    assertThat(mark).doesNotExist();
    assertThat(inner.resolve("a.txt")).hasContent("changed");
  }

  @Test
  void aGitFileThatLeadsToAnotherRepositoryIsNotFollowed() throws Exception {
    Path victim = GitFixture.repository(folder.resolve("victim"));
    Path trap = Files.createDirectory(folder.resolve("trap"));
    Files.writeString(trap.resolve(".git"), "gitdir: " + victim.resolve(".git") + "\n");
    Files.writeString(trap.resolve("a.txt"), "trapped");
    String refs = git(victim, "for-each-ref");
    Workspace workspace = prepare(new LocalCheckout(trap.toString()), "t1");

    Failure captured = failureOf(() -> capture(workspace, "t1"));
    Failure inspected = failureOf(() -> workspaces.inspect(workspace, marker));

    assertThat(captured.code()).isEqualTo("git_dir_elsewhere");
    assertThat(captured.message()).contains(trap.resolve(".git").toString());
    assertThat(inspected.code()).isEqualTo("git_dir_elsewhere");
    assertThat(git(victim, "for-each-ref")).isEqualTo(refs);
    Files.delete(trap.resolve(".git"));
    Files.createSymbolicLink(trap.resolve(".git"), victim.resolve(".git"));
    assertThat(failureOf(() -> capture(workspace, "t1")).code()).isEqualTo("git_dir_elsewhere");
  }

  @Test
  void aWorktreeThatAnEngineHasLedElsewhereIsRefused() throws Exception {
    Path victim = GitFixture.repository(folder.resolve("victim"));
    Path elsewhere = folder.resolve("elsewhere");
    git(victim, "worktree", "add", "-q", "-b", "w", elsewhere.toString());
    Workspace first = prepare(worktree("b1"), "t1");
    Path pointer = first.directory().resolve(".git");
    String good = Files.readString(pointer);

    Files.writeString(pointer, Files.readString(elsewhere.resolve(".git")));
    assertThat(failureOf(() -> prepare(worktree("b1"), "t1")).code())
        .isEqualTo("git_dir_elsewhere");
    Files.writeString(pointer, "gitdir: " + victim.resolve(".git") + "\n");
    assertThat(failureOf(() -> prepare(worktree("b1"), "t1")).code())
        .isEqualTo("git_dir_elsewhere");

    Files.writeString(pointer, good);
    assertThat(prepare(worktree("b1"), "t1")).isEqualTo(first);
    FileSystemUtils.deleteRecursively(first.directory());
    git(victim, "worktree", "add", "-q", "-b", "v", first.directory().toString());
    assertThat(failureOf(() -> prepare(worktree("b1"), "t1")).code())
        .as("a worktree in its place that another repository owns")
        .isEqualTo("git_dir_elsewhere");
  }

  @Test
  void aWorktreeThatBecameALinkToAnotherThreadsIsRefused() throws Exception {
    Workspace mine = prepare(worktree("b1"), "t1");
    Workspace others = prepare(worktree("b2"), "t2");
    Files.move(mine.directory(), folder.resolve("moved"));
    Files.createSymbolicLink(mine.directory(), others.directory());

    Failure failure = failureOf(() -> prepare(worktree("b1"), "t1"));

    assertThat(failure.code()).isEqualTo("workspace_damaged");
    assertThat(failure.message()).contains("is a link");
  }

  @Test
  void objectsAndReferencesThatLeadOutOfTheRepositoryAreNotWritten() throws Exception {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Workspace workspace = prepare(new LocalCheckout(origin.toString()), "t1");
    Path refs = Files.createSymbolicLink(origin.resolve(".git/refs/heddle"), outside);

    assertThat(failureOf(() -> capture(workspace, "t1")).code()).isEqualTo("git_dir_elsewhere");

    Files.delete(refs);
    Path objects = origin.resolve(".git/objects");
    Files.move(objects, outside.resolve("objects"));
    Files.createSymbolicLink(objects, outside.resolve("objects"));
    assertThat(failureOf(() -> capture(workspace, "t1")).code()).isEqualTo("git_dir_elsewhere");
  }

  @Test
  void namesOfBranchesCannotLeaveTheRepository() {
    for (String name :
        List.of("../../escape", "a/../../b", "/abs", "a\0b", "-d", "a.lock", "HEAD~1", "a b")) {
      assertThat(failureOf(() -> prepare(worktree(name), "t1")).code())
          .as(name)
          .isEqualTo("bad_branch_name");
    }
  }

  @Test
  void aCommitThatAnEngineHasPutInThePlaceOfACheckpointIsNone() throws Exception {
    Workspace workspace = prepare(worktree("b1"), "t1");
    Captured first = capture(workspace, "t1");
    git(workspace.directory(), "update-ref", first.ref(), "HEAD");
    git(workspace.directory(), "update-ref", "refs/heddle/cursors/t1", "HEAD");
    Files.writeString(workspace.directory().resolve("a.txt"), "two");

    assertThat(failureOf(() -> restore(workspace, "t1", first)).code())
        .isEqualTo("unknown_checkpoint");
    assertThat(capture(workspace, "t1").parent()).isNull();
  }

  /** Whatever git would start for a repository makes the mark. */
  private void arm(Path repository) throws Exception {
    String touch = "touch " + mark + "; cat";
    for (String setting :
        List.of(
            "filter.evil.clean",
            "filter.evil.smudge",
            "filter.evil.process",
            "diff.evil.command",
            "diff.evil.textconv",
            "diff.external",
            "core.fsmonitor",
            "core.sshCommand",
            "core.askPass",
            "core.pager",
            "core.editor",
            "core.alternateRefsCommand",
            "credential.helper",
            "gpg.program",
            "remote.origin.uploadpack")) {
      git(repository, "config", setting, touch);
    }
    git(repository, "config", "filter.evil.required", "true");
    git(repository, "config", "log.showSignature", "true");
    git(repository, "config", "commit.gpgSign", "true");
    Path common = Path.of(git(repository, "rev-parse", "--absolute-git-dir"));
    Path hooks = Files.createDirectories(common.resolve("hooks"));
    for (String name :
        List.of(
            "post-checkout",
            "post-index-change",
            "reference-transaction",
            "pre-commit",
            "post-commit",
            "fsmonitor-watchman")) {
      Path hook = Files.writeString(hooks.resolve(name), "#!/bin/sh\n" + touch + "\n");
      assertThat(hook.toFile().setExecutable(true)).isTrue();
    }
    git(repository, "config", "core.hooksPath", hooks.toString());
  }

  private Workspace prepare(WorkspaceSpec spec, String owner)
      throws WorkspaceException, InterruptedException {
    return workspaces.prepare(spec, owner, marker, new Cancellation());
  }

  private Worktree worktree(String branch) {
    return new Worktree(origin.toString(), null, branch);
  }

  private Captured capture(Workspace workspace, String owner)
      throws WorkspaceException, InterruptedException, IOException {
    return workspaces
        .checkpoints()
        .capture(workspace, owner, nextId(), marker, new Cancellation())
        .orElseThrow();
  }

  private void restore(Workspace workspace, String owner, Captured wanted)
      throws WorkspaceException, InterruptedException {
    workspaces
        .checkpoints()
        .restore(workspace, owner, wanted.id(), nextId(), marker, new Cancellation());
  }

  private void compare(Workspace workspace, Captured from, Captured to)
      throws WorkspaceException, InterruptedException {
    workspaces
        .checkpoints()
        .compare(workspace, "t1", from.id(), to.id(), marker, new Cancellation());
  }

  private static CheckpointId nextId() {
    return new CheckpointId(UUID.randomUUID());
  }

  private static Failure failureOf(ThrowingCallable call) {
    List<Failure> caught = new ArrayList<>();
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(WorkspaceException.class, e -> caught.add(e.failure()));
    return caught.getFirst();
  }
}
