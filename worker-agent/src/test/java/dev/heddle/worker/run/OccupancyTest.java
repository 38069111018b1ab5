package dev.heddle.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class OccupancyTest {

  private final Occupancy occupancy = new Occupancy();
  private final CompletableFuture<Void> first = new CompletableFuture<>();
  private final CompletableFuture<Void> second = new CompletableFuture<>();
  private final CompletableFuture<Void> third = new CompletableFuture<>();

  @Test
  void whoComesToAFolderWaitsForAllWhoCameBefore() {
    assertThat(occupancy.enter(Path.of("/a"), first)).isCompleted();
    CompletableFuture<Void> next = occupancy.enter(Path.of("/a"), second);
    CompletableFuture<Void> last = occupancy.enter(Path.of("/a"), third);

    second.complete(null);
    assertThat(next).isNotDone();
    assertThat(last).as("the one before it gave up, the first is still there").isNotDone();
    first.complete(null);

    assertThat(next).isCompleted();
    assertThat(last).isCompleted();
  }

  @Test
  void aFolderAboveOrBelowIsTheSameAndOneBesideIsNot() {
    assertThat(occupancy.enter(Path.of("/a/b"), first)).isCompleted();

    assertThat(occupancy.enter(Path.of("/a/bc"), new CompletableFuture<>())).isCompleted();
    assertThat(occupancy.enter(Path.of("/a"), second)).isNotDone();
    assertThat(occupancy.enter(Path.of("/a/b/c"), third)).isNotDone();
  }

  @Test
  void whoDoesNotWaitComesInOnlyWhereNobodyIs() {
    assertThat(occupancy.enterIfFree(Path.of("/a"), first)).isTrue();
    assertThat(occupancy.enterIfFree(Path.of("/a/b"), second)).isFalse();
    CompletableFuture<Void> run = occupancy.enter(Path.of("/a"), third);
    assertThat(run).isNotDone();

    first.complete(null);

    assertThat(run).isCompleted();
    assertThat(occupancy.enterIfFree(Path.of("/a"), second)).as("the run is there").isFalse();
  }
}
