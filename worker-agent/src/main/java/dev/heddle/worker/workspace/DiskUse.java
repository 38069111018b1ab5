package dev.heddle.worker.workspace;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** How much files take, as they say it themselves: holes and shared blocks count as well. */
final class DiskUse {

  private DiskUse() {}

  /** Bytes below a folder; what vanishes meanwhile, or may not be read, does not count. */
  static long of(Path folder) throws IOException {
    long[] bytes = {0};
    if (Files.exists(folder)) {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              bytes[0] += attributes.size();
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException cause) {
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException cause) {
              return FileVisitResult.CONTINUE;
            }
          });
    }
    return bytes[0];
  }
}
