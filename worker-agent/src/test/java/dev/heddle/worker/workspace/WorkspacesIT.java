package dev.heddle.worker.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.Failure;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.contracts.WorkspaceSpec.LocalCheckout;
import dev.heddle.contracts.WorkspaceSpec.Scratch;
import dev.heddle.contracts.WorkspaceSpec.Worktree;
import dev.heddle.testkit.SettableClock;
import dev.heddle.worker.process.RunMarker;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real git on real repositories. */
@Timeout(60)
class WorkspacesIT {

  private final RunMarker marker =
      new RunMarker("workspaces.1." + Long.toHexString(System.nanoTime()));
  private final SettableClock clock = SettableClock.at("2026-11-21T09:00:00Z");
  @TempDir Path folder;
  private Path origin;
  private Workspaces workspaces;

  @BeforeEach
  void prepare() throws Exception {
    origin = folder.resolve("origin");
    git(folder, "init", "-q", "-b", "main", origin.toString());
    commit("a.txt", "one");
    workspaces = workspaces(Duration.ofSeconds(20));
  }

  /** As a new life of the worker makes them. */
  private Workspaces workspaces(Duration cloneTimeout) throws IOException {
    return TestWorkspaces.in(folder.resolve("home"), cloneTimeout, clock);
  }

  @Test
  void scratchIsEmptyAtFirstAndKeptForItsOwner() throws Exception {
    Workspace first = prepare(new Scratch(), "t1");
    assertThat(first.directory()).isEmptyDirectory();
    Files.writeString(first.directory().resolve("notes"), "kept");

    assertThat(prepare(new Scratch(), "t1").directory().resolve("notes")).exists();
    assertThat(prepare(new Scratch(), "t2").directory()).isEmptyDirectory();
  }

  @Test
  void noRunBeginsOnADiskThatIsNearlyFull() throws Exception {
    Path home = folder.resolve("home");
    long free = Files.getFileStore(home).getTotalSpace();
    workspaces =
        TestWorkspaces.in(home, TestWorkspaces.properties(Duration.ofSeconds(20), free + 1), clock);

    Failure failure = failureOf(() -> prepare(new Scratch(), "t1"));

    assertThat(failure.code()).isEqualTo("low_disk_space");
    assertThat(failure.message()).contains("heddle.worker.workspace.min-free");
    assertThat(failure.retryable()).as("another machine may have room").isTrue();
  }

  @Test
  void aNewBranchStartsFromTheDefaultBranch() throws Exception {
    Workspace workspace = prepare(worktree(null, "heddle/one"), "t1");

    assertThat(workspace.branch()).isEqualTo("heddle/one");
    assertThat(workspace.directory().resolve("a.txt")).hasContent("one");
    assertThat(git(workspace.directory(), "branch", "--show-current")).isEqualTo("heddle/one");
  }

  @Test
  void aBranchTagOrCommitCanBeTheBase() throws Exception {
    git(origin, "tag", "v1");
    String first = git(origin, "rev-parse", "HEAD");
    git(origin, "checkout", "-qb", "develop");
    commit("a.txt", "two");

    assertThat(prepare(worktree("develop", "b1"), "t1").directory().resolve("a.txt"))
        .hasContent("two");
    assertThat(prepare(worktree("v1", "b2"), "t2").directory().resolve("a.txt")).hasContent("one");
    assertThat(prepare(worktree(first, "b3"), "t3").directory().resolve("a.txt")).hasContent("one");
  }

  @Test
  void aDirtyWorktreeIsReusedAsItIs() throws Exception {
    Workspace first = prepare(worktree(null, "heddle/one"), "t1");
    Files.writeString(first.directory().resolve("a.txt"), "changed");
    Files.writeString(first.directory().resolve("new.txt"), "untracked");
    commit("a.txt", "upstream went on");
    clock.advance(Duration.ofMinutes(1));

    Workspace second = prepare(worktree(null, "heddle/one"), "t1");

    assertThat(second).isEqualTo(first);
    assertThat(second.directory().resolve("a.txt")).hasContent("changed");
    assertThat(second.directory().resolve("new.txt")).exists();
    RepositoryState state = workspaces.inspect(second, marker).orElseThrow();
    assertThat(state.changedFiles()).isEqualTo(2);
    assertThat(state.branch()).isEqualTo("heddle/one");
    assertThat(state.head()).hasSize(40);
  }

  @Test
  void aNewWorktreeSeesWhatWasPushedSince() throws Exception {
    prepare(worktree(null, "b1"), "t1");
    commit("a.txt", "two");
    clock.advance(Duration.ofSeconds(11));

    assertThat(prepare(worktree(null, "b2"), "t2").directory().resolve("a.txt")).hasContent("two");
  }

  @Test
  void aYoungCloneIsFetchedAgainOnlyForABaseThatItLacks() throws Exception {
    prepare(worktree(null, "b1"), "t1");
    git(origin, "checkout", "-qb", "later");
    commit("a.txt", "later");

    assertThat(prepare(worktree("later", "b2"), "t2").directory().resolve("a.txt"))
        .hasContent("later");
  }

  @Test
  void aBranchThatWasPushedElsewhereGoesOn() throws Exception {
    git(origin, "checkout", "-qb", "heddle/one");
    commit("a.txt", "from another machine");
    git(origin, "checkout", "-q", "main");

    assertThat(prepare(worktree(null, "heddle/one"), "t1").directory().resolve("a.txt"))
        .hasContent("from another machine");
  }

  @Test
  void concurrentFirstClonesOfOneRepositoryAllSucceed() throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    List<CompletableFuture<Workspace>> prepared =
        IntStream.range(0, 6)
            .mapToObj(i ->
                CompletableFuture.supplyAsync(
                    () -> {
                      try {
                        start.await();
                        return prepare(worktree(null, "b" + i), "t" + i);
                      } catch (Exception e) {
                        throw new IllegalStateException(e);
                      }
                    },
                    task -> Thread.ofVirtual().start(task)))
            .toList();
    start.countDown();

    assertThat(prepared.stream().map(CompletableFuture::join).map(Workspace::directory))
        .hasSize(6)
        .doesNotHaveDuplicates()
        .allMatch(directory -> Files.exists(directory.resolve("a.txt")));
    try (Stream<Path> clones = Files.list(folder.resolve("home/repositories"))) {
      assertThat(clones).hasSize(1);
    }
  }

  @Test
  void aWorktreeWhoseFolderWasDeletedIsMadeAgain() throws Exception {
    Workspace first = prepare(worktree(null, "b1"), "t1");
    org.springframework.util.FileSystemUtils.deleteRecursively(first.directory());

    assertThat(prepare(worktree(null, "b1"), "t1").directory().resolve("a.txt")).exists();
  }

  @Test
  void aMissingBaseIsAClearError() {
    Failure failure = failureOf(() -> prepare(worktree("nope", "b1"), "t1"));

    assertThat(failure.code()).isEqualTo("no_such_branch");
    assertThat(failure.message()).contains("'nope'");
    assertThat(failure.retryable()).isFalse();
  }

  @Test
  void aRepositoryThatCannotBeClonedIsAClearErrorWithoutItsSecret() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    String address = "http://ada:hunter2@127.0.0.1:%d/x.git?token=s3cret".formatted(closed);

    Failure failure = failureOf(() -> prepare(new Worktree(address, null, "b1"), "t1"));

    assertThat(failure.code()).isEqualTo("clone_failed");
    assertThat(failure.retryable()).isTrue();
    assertThat(failure.message()).contains("127.0.0.1").doesNotContain("hunter2", "s3cret");
    try (Stream<Path> left = Files.list(folder.resolve("home/repositories"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void aPathThatIsNoRepositoryCannotBeCloned() {
    Failure failure =
        failureOf(
            () -> prepare(new Worktree(folder.resolve("nothing").toString(), null, "b"), "t"));

    assertThat(failure.code()).isEqualTo("clone_failed");
  }

  @Test
  void anEmptyRepositoryIsAClearError() throws Exception {
    Path empty = folder.resolve("empty");
    git(folder, "init", "-q", "-b", "main", empty.toString());

    Failure failure = failureOf(() -> prepare(new Worktree(empty.toString(), null, "b"), "t"));

    assertThat(failure.code()).isEqualTo("empty_repository");
  }

  @Test
  void aBranchInUseByAnotherThreadIsAClearError() throws Exception {
    prepare(worktree(null, "same"), "t1");

    Failure failure = failureOf(() -> prepare(worktree(null, "same"), "t2"));

    assertThat(failure.code()).isEqualTo("branch_in_use");
    prepare(worktree(null, "other"), "t2");
  }

  @Test
  void optionsAndCommandsInNamesAreNotObeyed() {
    assertThat(failureOf(() -> prepare(worktree(null, "--force"), "t1")).code())
        .isEqualTo("bad_branch_name");
    assertThat(failureOf(() -> prepare(worktree(null, "a..b"), "t1")).code())
        .isEqualTo("bad_branch_name");
    Path mark = folder.resolve("pwned");
    assertThat(
            failureOf(() -> prepare(new Worktree("--upload-pack=touch " + mark, null, "b"), "t1"))
                .code())
        .isEqualTo("clone_failed");
    assertThat(failureOf(() -> prepare(new Worktree("ext::touch " + mark, null, "b"), "t1")).code())
        .isEqualTo("clone_failed");
    assertThat(failureOf(() -> prepare(worktree("--output=" + mark, "b"), "t1")).code())
        .isEqualTo("no_such_branch");
    assertThat(mark).doesNotExist();
  }

  @Test
  void hooksOfThePeopleOfTheMachineDoNotRun() throws Exception {
    Path mark = folder.resolve("hooked");
    Workspace first = prepare(worktree(null, "b1"), "t1");
    Path repository = Path.of(git(first.directory(), "rev-parse", "--git-common-dir"));
    Path hook = Files.createDirectories(repository.resolve("hooks")).resolve("post-checkout");
    Files.writeString(hook, "#!/bin/sh\ntouch " + mark + "\n");
    assertThat(hook.toFile().setExecutable(true)).isTrue();

    prepare(worktree(null, "b2"), "t2");

    assertThat(mark).doesNotExist();
  }

  @Test
  void anAgentCanCommitInItsWorktree() throws Exception {
    Workspace workspace = prepare(worktree(null, "b1"), "t1");
    Files.writeString(workspace.directory().resolve("b.txt"), "b");
    git(workspace.directory(), "add", ".");

    git(workspace.directory(), "commit", "-qm", "by the agent");

    assertThat(workspaces.inspect(workspace, marker).orElseThrow().changedFiles()).isZero();
  }

  @Test
  void aLocalCheckoutIsUsedAsItIs() throws Exception {
    Workspace workspace = prepare(new LocalCheckout(origin.toString()), "t1");

    assertThat(workspace).isEqualTo(new Workspace(origin, "main"));
    assertThat(workspaces.inspect(workspace, marker).orElseThrow().branch()).isEqualTo("main");
  }

  @Test
  void aLocalFolderWithoutARepositoryIsFine() throws Exception {
    Path plain = Files.createDirectory(folder.resolve("plain"));

    Workspace workspace = prepare(new LocalCheckout(plain.toString()), "t1");

    assertThat(workspace.branch()).isNull();
    assertThat(workspaces.inspect(workspace, marker)).isEmpty();
  }

  @Test
  void aLocalFolderThatIsNotThereIsAClearError() {
    assertThat(failureOf(() -> prepare(new LocalCheckout(folder + "/gone"), "t1")).code())
        .isEqualTo("no_such_folder");
    assertThat(failureOf(() -> prepare(new LocalCheckout("relative"), "t1")).code())
        .isEqualTo("bad_local_path");
    assertThat(failureOf(() -> prepare(new LocalCheckout(origin + "/a.txt"), "t1")).code())
        .isEqualTo("no_such_folder");
  }

  @Test
  void aCancelEndsACloneAndTheWaitForAnothersClone() throws Exception {
    // It accepts connections and never answers.
    try (ServerSocket silent = new ServerSocket(0)) {
      WorkspaceSpec spec =
          new Worktree("http://127.0.0.1:%d/x.git".formatted(silent.getLocalPort()), null, "b");
      Cancellation first = new Cancellation();
      Cancellation second = new Cancellation();
      CompletableFuture<Failure> cloning = failing(spec, "t1", first);
      await().until(() -> gitRuns());
      CompletableFuture<Failure> waiting = failing(spec, "t2", second);

      second.request();
      assertThat(waiting.join().code()).isEqualTo("cancelled");
      first.request();
      assertThat(cloning.join()).extracting(Failure::code, Failure::message).contains("cancelled");
      await().until(() -> !gitRuns());
    }
  }

  @Test
  void aWorktreeThatAKilledWorkerWasMakingIsMadeAnewAndWhole() throws Exception {
    Gate gate = gateInCheckouts();
    Path path = gate.repository().resolveSibling("../worktrees").normalize();
    try (Stream<Path> one = Files.list(path)) {
      path = one.findFirst().orElseThrow().resolve("t1");
    }
    // What a git does whose worker was killed with it.
    Process git =
        new ProcessBuilder("git", "worktree", "add", "-qb", "b1", path.toString(), "origin/main")
            .directory(gate.repository().toFile())
            .start();
    await().until(() -> Files.exists(gate.reached()));
    // The parents first, who would go on otherwise.
    Stream.concat(Stream.of(git.toHandle()), git.descendants())
        .sorted()
        .toList()
        .forEach(ProcessHandle::destroyForcibly);
    git.waitFor();
    gate.open();
    assertThat(path.resolve(".git")).exists();
    assertThat(path.resolve("z.txt")).doesNotExist();

    workspaces = workspaces(Duration.ofSeconds(20));
    Workspace made = prepare(worktree(null, "b1"), "t1");

    assertThat(made).isEqualTo(new Workspace(path, "b1"));
    assertThat(made.directory().resolve("z.txt")).exists();
    assertThat(git(made.directory(), "status", "--porcelain")).isEmpty();
  }

  @Test
  void aThreadGoesOnAfterItsCheckoutWasCancelled() throws Exception {
    Gate gate = gateInCheckouts();
    Cancellation cancellation = new Cancellation();
    CompletableFuture<Failure> failing = failing(worktree(null, "b1"), "t1", cancellation);
    await().until(() -> Files.exists(gate.reached()));

    cancellation.request();

    assertThat(failing.join().code()).isEqualTo("cancelled");
    gate.open();
    assertThat(prepare(worktree(null, "b1"), "t1").directory().resolve("z.txt")).exists();
  }

  @Test
  void aCheckoutMayTakeAsLongAsACloneAndAThreadGoesOnAfterOneThatTookLonger() throws Exception {
    Gate gate = gateInCheckouts();
    workspaces = workspaces(Duration.ofSeconds(3));

    Failure failure = failureOf(() -> prepare(worktree(null, "b1"), "t1"));

    assertThat(failure.code()).isEqualTo("worktree_failed");
    assertThat(failure.message()).contains("took too long");
    gate.open();
    assertThat(prepare(worktree(null, "b1"), "t1").directory().resolve("z.txt")).exists();
  }

  /**
   * Stops every checkout of this worker between its first file and its last.
   *
   * @param reached made by a checkout that waits
   */
  private record Gate(Path repository, Path attributes, Process holder, Path reached) {
    void open() throws Exception {
      Files.deleteIfExists(attributes);
      holder.destroy();
      holder.waitFor();
    }
  }

  /**
   * Git reads the attributes before the first file, and a pipe is read when something is written.
   */
  private Gate gateInCheckouts() throws Exception {
    commit("m.txt", "in the middle");
    commit("z.txt", "at the end");
    Path repository =
        Path.of(
            git(prepare(worktree(null, "b0"), "t0").directory(), "rev-parse", "--git-common-dir"));
    Path reached = folder.resolve("reached");
    Path attributes = repository.resolve("info/attributes");
    Files.createDirectories(attributes.getParent());
    assertThat(new ProcessBuilder("mkfifo", attributes.toString()).start().waitFor()).isZero();
    Process holder =
        new ProcessBuilder(
                "bash", "-c", "exec 3> %s; touch %s; exec sleep 60".formatted(attributes, reached))
            .start();
    return new Gate(repository, attributes, holder, reached);
  }

  @Test
  void locksThatAnEarlierLifeLeftDoNotStopALaterOne() throws Exception {
    git(origin, "branch", "gone");
    Workspace first = prepare(worktree(null, "b1"), "t1");
    Path repository = Path.of(git(first.directory(), "rev-parse", "--git-common-dir"));
    git(repository, "pack-refs", "--all");
    git(origin, "branch", "-D", "gone");
    clock.advance(Duration.ofMinutes(1));
    Files.createFile(repository.resolve("packed-refs.lock"));
    Files.createFile(repository.resolve("worktrees/t1/index.lock"));

    workspaces = workspaces(Duration.ofSeconds(20));
    prepare(worktree(null, "b2"), "t2");

    git(first.directory(), "reset", "-q", "--hard");
    assertThat(git(repository, "branch", "-r")).doesNotContain("gone");
  }

  @Test
  void locksThatAKilledEngineLeftDoNotStopTheNextRun() throws Exception {
    Workspace first = prepare(worktree(null, "b1"), "t1");
    Workspace other = prepare(worktree(null, "b2"), "t2");
    Path repository = Path.of(git(first.directory(), "rev-parse", "--git-common-dir"));
    Files.createFile(repository.resolve("worktrees/t1/index.lock"));
    Files.createFile(repository.resolve("refs/heads/b1.lock"));
    Path othersLock = Files.createFile(repository.resolve("worktrees/t2/index.lock"));
    Path young = Files.createFile(repository.resolve("packed-refs.lock"));
    Path old = Files.createFile(repository.resolve("config.lock"));
    Files.setLastModifiedTime(othersLock, FileTime.from(clock.instant().minusSeconds(600)));
    Files.setLastModifiedTime(young, FileTime.from(clock.instant().minusSeconds(59)));
    Files.setLastModifiedTime(old, FileTime.from(clock.instant().minusSeconds(61)));

    Workspace second = prepare(worktree(null, "b1"), "t1");
    Files.writeString(second.directory().resolve("a.txt"), "more");
    git(second.directory(), "commit", "-qam", "more");
    prepare(worktree(null, "b3"), "t3");

    assertThat(old).doesNotExist();
    assertThat(young).exists();
    assertThat(othersLock).as("a lock of a living run in %s", other).exists();
  }

  @Test
  void locksInAPersonsOwnCheckoutAreTheirs() throws Exception {
    Path lock = Files.createFile(origin.resolve(".git/index.lock"));

    prepare(new LocalCheckout(origin.toString()), "t1");
    workspaces(Duration.ofSeconds(20));

    assertThat(lock).exists();
  }

  private CompletableFuture<Failure> failing(
      WorkspaceSpec spec, String owner, Cancellation cancellation) {
    return CompletableFuture.supplyAsync(
        () -> failureOf(() -> workspaces.prepare(spec, owner, marker, cancellation)),
        task -> Thread.ofVirtual().start(task));
  }

  private boolean gitRuns() {
    try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
      return entries
          .filter(entry -> entry.getFileName().toString().matches("\\d+"))
          .anyMatch(entry -> {
            try {
              return Files.readString(entry.resolve("environ"), StandardCharsets.ISO_8859_1)
                  .contains("HEDDLE_RUN=" + marker);
            } catch (IOException e) {
              return false;
            }
          });
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Workspace prepare(WorkspaceSpec spec, String owner)
      throws WorkspaceException, InterruptedException {
    return workspaces.prepare(spec, owner, marker, new Cancellation());
  }

  private Worktree worktree(@Nullable String base, String branch) {
    return new Worktree(origin.toString(), base, branch);
  }

  private static Failure failureOf(ThrowingCallable call) {
    List<Failure> caught = new ArrayList<>();
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(WorkspaceException.class, e -> caught.add(e.failure()));
    return caught.getFirst();
  }

  private void commit(String file, String text) throws Exception {
    GitFixture.commit(origin, file, text);
  }

  private static String git(Path directory, String... arguments) throws Exception {
    return GitFixture.git(directory, arguments);
  }
}
