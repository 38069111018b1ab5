package dev.heddle.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.WorkspaceSpec.Worktree;
import dev.heddle.testkit.SettableClock;
import dev.heddle.worker.engine.Engines;
import dev.heddle.worker.process.RunMarker;
import dev.heddle.worker.workspace.Cancellation;
import dev.heddle.worker.workspace.GitFixture;
import dev.heddle.worker.workspace.TestWorkspaces;
import dev.heddle.worker.workspace.Workspace;
import dev.heddle.worker.workspace.WorkspaceException;
import dev.heddle.worker.workspace.Workspaces;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the worktrees of a worker whose workspaces have a bound. */
@Timeout(60)
class WorkspaceRoomIT {

  private final RunMarker marker = new RunMarker("room.1." + Long.toHexString(System.nanoTime()));
  private final SettableClock clock = SettableClock.at("2026-11-21T09:00:00Z");
  private final Occupancy occupancy = new Occupancy();
  @TempDir Path temporary;
  private Path home;
  private Path origin;
  private Workspaces unbounded;

  @BeforeEach
  void prepare() throws Exception {
    Path folder = temporary.toRealPath();
    origin = GitFixture.repository(folder.resolve("origin"));
    home = folder.resolve("home");
    unbounded = TestWorkspaces.in(home, Duration.ofSeconds(20), clock);
  }

  private Path worktree(String owner) throws Exception {
    clock.advance(Duration.ofMinutes(1));
    Workspace made =
        unbounded.prepare(
            new Worktree(origin.toString(), null, "heddle/" + owner),
            owner,
            marker,
            new Cancellation());
    return made.directory();
  }

  private Path wanted() {
    return unbounded.folderOf(new Worktree(origin.toString(), null, "heddle/new"), "new");
  }

  /** One that is beyond its bound by a byte. */
  private Workspaces full() throws Exception {
    long used = TestWorkspaces.within(home, 1, clock).beyondQuota() + 1;
    return TestWorkspaces.within(home, used - 1, clock);
  }

  @Test
  void theCleanOneThatWasUnusedForLongestGoesAndNoMoreThanThat() throws Exception {
    Path dirty = worktree("t1");
    Files.writeString(dirty.resolve("new.txt"), "nowhere else");
    Path busy = worktree("t2");
    Path oldest = worktree("t3");
    Path younger = worktree("t4");
    assertThat(occupancy.enterIfFree(busy, new CompletableFuture<>())).isTrue();

    new WorkspaceRoom(full(), occupancy).require(wanted());

    assertThat(List.of(dirty, busy, younger)).allMatch(Files::exists);
    assertThat(oldest).doesNotExist();
    assertThat(occupancy.enterIfFree(oldest, new CompletableFuture<>())).as("left again").isTrue();
  }

  @Test
  void whereNothingMayGoTheRunIsToldWhatToDoAndTheWorkspacesThatAreThereStayOpen()
      throws Exception {
    Path dirty = worktree("t1");
    Files.writeString(dirty.resolve("new.txt"), "nowhere else");
    WorkspaceRoom room = new WorkspaceRoom(full(), occupancy);

    WorkspaceException refused =
        catchThrowableOfType(WorkspaceException.class, () -> room.require(wanted()));

    assertThat(refused.failure().code()).isEqualTo("workspace_quota_reached");
    assertThat(refused.failure().retryable()).as("there may be room in a while").isTrue();
    assertThat(refused.failure().message())
        .contains("heddle.worker.workspace.quota", home.resolve("worktrees").toString());
    assertThat(dirty.resolve("new.txt")).exists();
    assertThatCode(() -> room.require(dirty)).doesNotThrowAnyException();
  }

  @Test
  void withoutABoundNothingGoes() throws Exception {
    Path made = worktree("t1");

    new WorkspaceRoom(unbounded, occupancy).require(wanted());

    assertThat(made).exists();
  }

  @Test
  void aRunThatNeedsAWorktreeLooksForRoomFirst() throws Exception {
    ShellEngine engine = new ShellEngine();
    RunBench bench =
        new RunBench(
            home, engine, new Engines(List.of(engine)), TestWorkspaces.within(home, 1, clock));
    Worktree spec = new Worktree(origin.toString(), null, "heddle/one");
    run(bench, spec);
    Path first = engine.directory();

    run(bench, new Worktree(origin.toString(), null, "heddle/two"));

    assertThat(bench.reported).anyMatch(record -> record.contains("workspace_quota_reached"));
    assertThat(first).as("it was clean, and is not enough").doesNotExist();
  }

  private static void run(RunBench bench, Worktree spec) throws Exception {
    Run run = bench.begin(new ThreadId(UUID.randomUUID()), spec, "", null);
    run.over().get(30, TimeUnit.SECONDS);
    run.delivered().get(20, TimeUnit.SECONDS);
  }
}
