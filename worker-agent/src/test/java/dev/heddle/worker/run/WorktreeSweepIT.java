package dev.heddle.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.ThreadEnd;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.WorkspaceSpec.Worktree;
import dev.heddle.testkit.SettableClock;
import dev.heddle.worker.process.RunMarker;
import dev.heddle.worker.workspace.Cancellation;
import dev.heddle.worker.workspace.GitFixture;
import dev.heddle.worker.workspace.TestWorkspaces;
import dev.heddle.worker.workspace.Workspaces;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a worker does with the worktrees of threads that it is told of. */
@Timeout(60)
class WorktreeSweepIT {

  private final RunMarker marker = new RunMarker("sweep.1." + Long.toHexString(System.nanoTime()));
  private final SettableClock clock = SettableClock.at("2026-11-21T09:00:00Z");
  private final ThreadId thread = new ThreadId(UUID.randomUUID());
  private final Occupancy occupancy = new Occupancy();
  @TempDir Path temporary;
  private Path worktree;
  private WorktreeSweep sweep;

  @BeforeEach
  void prepare() throws Exception {
    Path folder = temporary.toRealPath();
    Path origin = GitFixture.repository(folder.resolve("origin"));
    Workspaces workspaces =
        TestWorkspaces.in(folder.resolve("home"), Duration.ofSeconds(20), clock);
    worktree =
        workspaces
            .prepare(
                new Worktree(origin.toString(), null, "heddle/one"),
                thread.toString(),
                marker,
                new Cancellation())
            .directory();
    sweep = new WorktreeSweep(workspaces.unused(), occupancy);
  }

  @Test
  void thatOfADeletedThreadGoesAsSoonAsItIsToldAndNobodyIsInIt() throws Exception {
    CompletableFuture<Void> over = new CompletableFuture<>();
    assertThat(occupancy.enterIfFree(worktree, over)).isTrue();
    sweep.ended(thread, ThreadEnd.DELETED, clock.instant());
    // Told of it, it does not wait; the limit of the test is shorter.
    sweep.await(Duration.ofHours(1));
    sweep.sweep();
    assertThat(worktree).as("its run is about to end").exists();
    over.complete(null);

    sweep.sweep();

    assertThat(worktree).doesNotExist();
  }

  @Test
  void aDirtyOneStaysWhateverBecameOfItsThread() throws Exception {
    Files.writeString(worktree.resolve("new.txt"), "nowhere else");
    sweep.ended(thread, ThreadEnd.DELETED, clock.instant());

    sweep.sweep();

    assertThat(worktree.resolve("new.txt")).exists();
  }
}
