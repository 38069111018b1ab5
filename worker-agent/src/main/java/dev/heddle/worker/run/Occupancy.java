package dev.heddle.worker.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Who is in which folder, or will be. Each waits for all that came before it to the same folder, or
 * to one below or above it: what they do there would be one another's.
 */
final class Occupancy {

  private record Stay(Path folder, CompletableFuture<Void> over) {}

  private final List<Stay> stays = new ArrayList<>();

  /**
   * Queues for a folder.
   *
   * @param over completes when it is left
   * @return completes when it is free
   */
  synchronized CompletableFuture<Void> enter(Path folder, CompletableFuture<Void> over) {
    CompletableFuture<?>[] before =
        stays.stream()
            .filter(stay -> overlap(stay.folder, folder))
            .map(Stay::over)
            .toArray(CompletableFuture<?>[]::new);
    add(new Stay(folder, over));
    return CompletableFuture.allOf(before);
  }

  /** As {@link #enter}, but only where it is free at once. */
  synchronized boolean enterIfFree(Path folder, CompletableFuture<Void> over) {
    if (stays.stream().anyMatch(stay -> overlap(stay.folder, folder))) {
      return false;
    }
    add(new Stay(folder, over));
    return true;
  }

  private void add(Stay stay) {
    stays.add(stay);
    var _ = stay.over.whenComplete((_, _) -> leave(stay));
  }

  private synchronized void leave(Stay stay) {
    stays.remove(stay);
  }

  private static boolean overlap(Path one, Path other) {
    return one.startsWith(other) || other.startsWith(one);
  }
}
