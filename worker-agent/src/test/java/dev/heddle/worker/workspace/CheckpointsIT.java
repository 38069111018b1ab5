package dev.heddle.worker.workspace;

import static dev.heddle.worker.workspace.GitFixture.commit;
import static dev.heddle.worker.workspace.GitFixture.git;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.contracts.CheckpointId;
import dev.heddle.contracts.Failure;
import dev.heddle.contracts.SessionFact.FileChange;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.contracts.WorkspaceSpec.LocalCheckout;
import dev.heddle.contracts.WorkspaceSpec.Worktree;
import dev.heddle.testkit.SettableClock;
import dev.heddle.worker.process.RunMarker;
import dev.heddle.worker.workspace.Checkpoints.Captured;
import dev.heddle.worker.workspace.Checkpoints.Difference;
import dev.heddle.worker.workspace.Checkpoints.Restored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real git on real repositories. */
@Timeout(60)
class CheckpointsIT {

  private final RunMarker marker =
      new RunMarker("checkpoints.1." + Long.toHexString(System.nanoTime()));
  @TempDir Path temporary;
  private Path folder;
  private Path origin;
  private Workspaces workspaces;
  private Checkpoints checkpoints;

  @BeforeEach
  void prepare() throws Exception {
    folder = temporary.toRealPath();
    origin = GitFixture.repository(folder.resolve("origin"));
    workspaces =
        TestWorkspaces.in(
            folder.resolve("home"),
            Duration.ofSeconds(20),
            SettableClock.at("2026-11-21T09:00:00Z"));
    checkpoints = workspaces.checkpoints();
  }

  @Test
  void theFirstOneIsWhatTheThreadBeganWithAndTheNextWhatHasChangedSince() throws Exception {
    Workspace workspace = worktree("t1");

    Captured first = capture(workspace, "t1").orElseThrow();

    assertThat(first.parent()).isNull();
    assertThat(first.changedFiles()).isZero();
    assertThat(first.ref()).isEqualTo("refs/heddle/checkpoints/t1/" + first.id());
    assertThat(capture(workspace, "t1")).as("nothing has changed").isEmpty();

    Files.writeString(workspace.directory().resolve("a.txt"), "two");
    Files.writeString(workspace.directory().resolve("untracked.txt"), "new");
    Captured second = capture(workspace, "t1").orElseThrow();

    assertThat(second.parent()).isEqualTo(first.id());
    assertThat(second.changedFiles()).isEqualTo(2);
    assertThat(git(workspace.directory(), "show", second.ref() + ":untracked.txt"))
        .isEqualTo("new");
    assertThat(git(workspace.directory(), "show", first.ref() + ":a.txt")).isEqualTo("one");
    assertThat(git(workspace.directory(), "rev-parse", second.ref() + "^"))
        .as("it stands on what was checked out")
        .isEqualTo(git(workspace.directory(), "rev-parse", "HEAD"));
    assertThat(git(workspace.directory(), "branch", "-a", "--contains", second.ref())).isEmpty();
  }

  @Test
  void theIndexAndTheBranchOfThePersonStayAsTheyAre() throws Exception {
    Workspace workspace = local(origin);
    Files.writeString(origin.resolve("staged.txt"), "staged");
    git(origin, "add", "staged.txt");
    Files.writeString(origin.resolve("staged.txt"), "changed after that");
    byte[] index = Files.readAllBytes(origin.resolve(".git/index"));
    String status = git(origin, "status", "--porcelain");
    String head = git(origin, "rev-parse", "HEAD");
    byte[] indexAfterStatus = Files.readAllBytes(origin.resolve(".git/index"));

    Captured before = capture(workspace, "t1").orElseThrow();
    Files.writeString(origin.resolve("more.txt"), "more");
    assertThat(capture(workspace, "t1")).isPresent();
    restore(workspace, "t1", before.id());

    assertThat(indexAfterStatus).isEqualTo(index);
    assertThat(origin.resolve(".git/index")).hasBinaryContent(index);
    assertThat(git(origin, "status", "--porcelain")).isEqualTo(status);
    assertThat(git(origin, "rev-parse", "HEAD")).isEqualTo(head);
    assertThat(origin.resolve("staged.txt")).hasContent("changed after that");
  }

  @Test
  void ignoredFilesAreInNoneAndNoResetTouchesThem() throws Exception {
    commit(origin, ".gitignore", "*.log\nbuild/\n");
    Workspace workspace = local(origin);
    Path build = Files.createDirectories(origin.resolve("build"));
    Files.writeString(build.resolve("out"), "built");
    Captured first = capture(workspace, "t1").orElseThrow();
    Files.writeString(origin.resolve("x.log"), "logged");
    Files.writeString(build.resolve("out"), "built again");

    assertThat(capture(workspace, "t1")).as("nothing but what is ignored").isEmpty();
    Files.writeString(origin.resolve("new.txt"), "new");
    assertThat(capture(workspace, "t1")).isPresent();
    restore(workspace, "t1", first.id());

    assertThat(origin.resolve("new.txt")).doesNotExist();
    assertThat(origin.resolve("x.log")).hasContent("logged");
    assertThat(build.resolve("out")).hasContent("built again");
  }

  @Test
  void aTrackedFileIsInItEvenWhereItIsIgnored() throws Exception {
    Files.writeString(origin.resolve("kept.log"), "one");
    git(origin, "add", "-f", "kept.log");
    commit(origin, ".gitignore", "*.log\n");
    Workspace workspace = local(origin);
    Captured first = capture(workspace, "t1").orElseThrow();
    Files.writeString(origin.resolve("kept.log"), "two");
    assertThat(capture(workspace, "t1").orElseThrow().changedFiles()).isEqualTo(1);

    restore(workspace, "t1", first.id());

    assertThat(origin.resolve("kept.log")).hasContent("one");
  }

  @Test
  void aResetBringsBackEveryKindOfFileAndTakesAwayWhatWasNotThere() throws Exception {
    commit(origin, "deep.txt", "deep");
    Path bin = Files.createDirectories(origin.resolve("d/e")).resolve("x.bin");
    byte[] bytes = {0, 1, (byte) 0xff, '\r', '\n', '\n'};
    Files.write(bin, bytes);
    Path script = Files.writeString(origin.resolve("run.sh"), "#!/bin/sh\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    Files.createSymbolicLink(origin.resolve("link"), Path.of("d/e/x.bin"));
    Path odd = Files.writeString(origin.resolve("blank \"quote\"\nline"), "odd");
    Workspace workspace = local(origin);
    Captured before = capture(workspace, "t1").orElseThrow();

    Files.delete(bin);
    Files.delete(bin.getParent());
    Files.delete(origin.resolve("d"));
    Files.createSymbolicLink(origin.resolve("d"), folder);
    Files.delete(origin.resolve("link"));
    Files.writeString(Files.createDirectory(origin.resolve("link")).resolve("f"), "in a folder");
    Files.delete(origin.resolve("deep.txt"));
    Files.delete(odd);
    assertThat(script.toFile().setExecutable(false)).isTrue();
    Files.writeString(Files.createDirectories(origin.resolve("n/m")).resolve("new"), "new");
    Captured after = capture(workspace, "t1").orElseThrow();

    Restored restored = restore(workspace, "t1", before.id());

    assertThat(restored.saved()).as("the last checkpoint has the files").isEmpty();
    assertThat(restored.changedFiles()).isEqualTo(8);
    assertThat(bin).hasBinaryContent(bytes);
    assertThat(Files.isDirectory(origin.resolve("d"), LinkOption.NOFOLLOW_LINKS)).isTrue();
    assertThat(Files.readSymbolicLink(origin.resolve("link"))).hasToString("d/e/x.bin");
    assertThat(script).isExecutable();
    assertThat(odd).hasContent("odd");
    assertThat(origin.resolve("deep.txt")).hasContent("deep");
    assertThat(origin.resolve("n")).doesNotExist();

    restore(workspace, "t1", after.id());

    assertThat(Files.readSymbolicLink(origin.resolve("d"))).isEqualTo(folder);
    assertThat(origin.resolve("link/f")).hasContent("in a folder");
    assertThat(origin.resolve("n/m/new")).hasContent("new");
    assertThat(Files.isExecutable(script)).isFalse();
    assertThat(folder.resolve("home")).as("what the link leads to").exists();
  }

  @Test
  void aResetKeepsFirstWhatNoCheckpointHasAndTheNextOneStandsOnWhatIsThere() throws Exception {
    Workspace workspace = worktree("t1");
    Path file = workspace.directory().resolve("a.txt");
    Captured first = capture(workspace, "t1").orElseThrow();
    Files.writeString(file, "by hand");

    Restored restored = restore(workspace, "t1", first.id());

    Captured saved = restored.saved().orElseThrow();
    assertThat(saved.parent()).isEqualTo(first.id());
    assertThat(file).hasContent("one");
    assertThat(capture(workspace, "t1")).as("the reset has moved the cursor").isEmpty();
    Files.writeString(file, "another way");
    assertThat(capture(workspace, "t1").orElseThrow().parent()).isEqualTo(first.id());
    restore(workspace, "t1", saved.id());
    assertThat(file).hasContent("by hand");
  }

  @Test
  void aResetThatWouldLoseAnIgnoredFileChangesNothing() throws Exception {
    Workspace workspace = local(origin);
    Files.writeString(origin.resolve("config"), "tracked once");
    Captured first = capture(workspace, "t1").orElseThrow();
    Files.delete(origin.resolve("config"));
    assertThat(capture(workspace, "t1")).isPresent();
    Files.writeString(origin.resolve(".git/info/exclude"), "config\n");
    Files.writeString(origin.resolve("config"), "a secret that is in no checkpoint");
    Files.writeString(origin.resolve("a.txt"), "two");

    Failure failure = failureOf(() -> restore(workspace, "t1", first.id()));

    assertThat(failure.code()).isEqualTo("files_in_the_way");
    assertThat(failure.message()).contains("config");
    assertThat(origin.resolve("config")).hasContent("a secret that is in no checkpoint");
    assertThat(origin.resolve("a.txt")).hasContent("two");
  }

  @Test
  void whatIsTooLargeIsLeftOutAndLeftAlone() throws Exception {
    Workspace workspace = local(origin);
    Captured first = capture(workspace, "t1").orElseThrow();
    Files.writeString(origin.resolve("data"), "d".repeat(TestWorkspaces.FILE_LIMIT + 1));
    Files.writeString(origin.resolve("fits"), "d".repeat(TestWorkspaces.FILE_LIMIT));

    Captured second = capture(workspace, "t1").orElseThrow();
    restore(workspace, "t1", first.id());

    assertThat(second.leftOut()).isEqualTo(1);
    assertThat(second.changedFiles()).isEqualTo(1);
    assertThat(origin.resolve("data")).exists();
    assertThat(origin.resolve("fits")).doesNotExist();
  }

  @Test
  void aCheckpointOfAnotherPathOrAnotherThreadIsRefused() throws Exception {
    Path other = folder.resolve("other");
    git(origin, "worktree", "add", "-q", "-b", "other", other.toString());
    Captured here = capture(local(origin), "t1").orElseThrow();
    Files.writeString(other.resolve("a.txt"), "mine");

    Failure path = failureOf(() -> restore(local(other), "t1", here.id()));
    Failure thread = failureOf(() -> restore(local(origin), "t2", here.id()));

    assertThat(path.code()).isEqualTo("checkpoint_of_other_path");
    assertThat(path.message()).contains(origin.toString(), other.toString());
    assertThat(thread.code()).isEqualTo("unknown_checkpoint");
    assertThat(other.resolve("a.txt")).hasContent("mine");
    Path plain = Files.createDirectory(folder.resolve("plain"));
    assertThat(failureOf(() -> restore(local(plain), "t1", here.id())).code())
        .isEqualTo("no_repository");
  }

  @Test
  void aProjectThatIsAFolderOfARepositoryHasThatFolderAlone() throws Exception {
    Path part = Files.createDirectory(origin.resolve("part"));
    Files.writeString(part.resolve("p.txt"), "p");
    Workspace workspace = local(part);
    Captured first = capture(workspace, "t1").orElseThrow();
    Files.writeString(origin.resolve("a.txt"), "outside");
    assertThat(capture(workspace, "t1")).isEmpty();
    Files.writeString(part.resolve("p.txt"), "changed");
    assertThat(capture(workspace, "t1")).isPresent();

    restore(workspace, "t1", first.id());

    assertThat(part.resolve("p.txt")).hasContent("p");
    assertThat(origin.resolve("a.txt")).hasContent("outside");
  }

  @Test
  void differencesAreShownBetweenCheckpointsAndAgainstTheCommit() throws Exception {
    Workspace workspace = worktree("t1");
    Captured first = capture(workspace, "t1").orElseThrow();
    Files.writeString(workspace.directory().resolve("a.txt"), "two\n");
    Captured second = capture(workspace, "t1").orElseThrow();
    Files.writeString(workspace.directory().resolve("big.txt"), "line\n".repeat(12_000));
    Captured third = capture(workspace, "t1").orElseThrow();
    Files.writeString(workspace.directory().resolve("more.txt"), "other line\n".repeat(5_900));
    Captured fourth = capture(workspace, "t1").orElseThrow();

    Difference between = compare(workspace, first.id(), second.id());
    Difference base = compare(workspace, null, second.id());
    Difference large = compare(workspace, first.id(), fourth.id());

    assertThat(between.patch()).contains("-one", "+two");
    assertThat(between.changedFiles()).isEqualTo(1);
    assertThat(between.truncated()).isFalse();
    assertThat(between.files()).containsExactly(new FileChange("a.txt", "M", 1, 1));
    assertThat(base).isEqualTo(between);
    assertThat(compare(workspace, second.id(), first.id()).patch()).contains("+one", "-two");
    assertThat(compare(workspace, second.id(), third.id()).changedFiles()).isEqualTo(1);
    assertThat(large.truncated()).isTrue();
    assertThat(JsonSize.sizeOf(large.patch()))
        .isBetween(Checkpoints.PATCH_BYTES - 6, Checkpoints.PATCH_BYTES);
    assertThat(large.changedFiles()).isEqualTo(3);
  }

  @Test
  void aRepositoryBeforeItsFirstCommitHasCheckpointsToo() throws Exception {
    Path empty = folder.resolve("empty");
    git(folder, "init", "-q", empty.toString());
    Workspace workspace = local(empty);
    Captured first = capture(workspace, "t1").orElseThrow();
    Files.writeString(empty.resolve("a.txt"), "a\n");
    Captured second = capture(workspace, "t1").orElseThrow();

    assertThat(compare(workspace, null, second.id()).patch()).contains("+a");
    restore(workspace, "t1", first.id());
    assertThat(empty.resolve("a.txt")).doesNotExist();
  }

  @Test
  void outsideARepositoryThereIsNone() throws Exception {
    Path plain = Files.createDirectory(folder.resolve("plain"));

    assertThat(capture(local(plain), "t1")).isEmpty();
    assertThat(folder.resolve("home/checkpoints")).isEmptyDirectory();
  }

  @Test
  void whatAKilledWorkerLeftDoesNotStopTheNext() throws Exception {
    Workspace workspace = worktree("t1");
    Captured first = capture(workspace, "t1").orElseThrow();
    Path repository = Path.of(git(workspace.directory(), "rev-parse", "--git-common-dir"));
    Files.createFile(folder.resolve("home/checkpoints/t1/index.lock"));
    Files.createFile(repository.resolve("refs/heddle/cursors/t1.lock"));
    Files.writeString(workspace.directory().resolve("a.txt"), "two");

    assertThat(capture(workspace, "t1").orElseThrow().parent()).isEqualTo(first.id());
  }

  @Test
  void aRepositoryWithinTheWorkspaceIsLeftAlone() throws Exception {
    Workspace workspace = local(origin);
    Captured first = capture(workspace, "t1").orElseThrow();
    Path inner = GitFixture.repository(origin.resolve("inner"));
    Files.writeString(origin.resolve("b.txt"), "b");
    assertThat(capture(workspace, "t1")).isPresent();

    restore(workspace, "t1", first.id());

    assertThat(origin.resolve("b.txt")).doesNotExist();
    assertThat(inner.resolve("a.txt")).hasContent("one");
  }

  private Workspace worktree(String owner) throws Exception {
    return prepare(new Worktree(origin.toString(), null, "heddle/" + owner), owner);
  }

  private Workspace local(Path path) throws WorkspaceException, InterruptedException {
    return prepare(new LocalCheckout(path.toString()), "t1");
  }

  private Workspace prepare(WorkspaceSpec spec, String owner)
      throws WorkspaceException, InterruptedException {
    return workspaces.prepare(spec, owner, marker, new Cancellation());
  }

  private Optional<Captured> capture(Workspace workspace, String owner)
      throws WorkspaceException, InterruptedException, IOException {
    return checkpoints.capture(workspace, owner, nextId(), marker, new Cancellation());
  }

  private Restored restore(Workspace workspace, String owner, CheckpointId wanted)
      throws WorkspaceException, InterruptedException {
    return checkpoints.restore(workspace, owner, wanted, nextId(), marker, new Cancellation());
  }

  private Difference compare(Workspace workspace, @Nullable CheckpointId from, CheckpointId to)
      throws WorkspaceException, InterruptedException {
    return checkpoints.compare(workspace, "t1", from, to, marker, new Cancellation());
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
