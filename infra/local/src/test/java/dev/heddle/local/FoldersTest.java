package dev.heddle.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldersTest {

  @TempDir Path folder;

  @Test
  void twoMayDeleteTheSameFolder() throws Exception {
    CyclicBarrier together = new CyclicBarrier(2);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < 20; round++) {
        Path tree = folder.resolve("tree-" + round);
        for (int number = 0; number < 100; number++) {
          Path below = Files.createDirectories(tree.resolve("below-" + number / 10));
          Files.createFile(below.resolve("file-" + number));
        }
        List<Future<?>> both = new ArrayList<>();
        for (int number = 0; number < 2; number++) {
          both.add(
              threads.submit(() -> {
                together.await();
                Folders.delete(tree);
                return null;
              }));
        }
        for (Future<?> one : both) {
          one.get();
        }
        assertThat(tree).doesNotExist();
      }
    }
  }
}
