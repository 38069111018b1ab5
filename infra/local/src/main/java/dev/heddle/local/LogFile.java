package dev.heddle.local;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The log of one process, which holds it open and appends to it. Its content is therefore copied
 * away and the file cut to nothing, rather than renamed: the process goes on writing to the same
 * file, also when its launcher has been killed. What is written between the last read and the cut
 * is lost; that is a matter of microseconds every few MiB.
 */
final class LogFile {

  /** In bytes; with the older ones a log takes at most four times as much. */
  static final long LARGEST = 8L * 1024 * 1024;

  private static final int KEPT = 3;

  private LogFile() {}

  /**
   * Puts the content aside as {@code .1}, and what was there as {@code .2}, if it is too much. The
   * older ones move only once the copy is whole, so that a full disk costs none of them. One at a
   * time, since a part that starts and housekeeping may both find the same log too large.
   */
  static synchronized void keepSmall(Path log) throws IOException {
    if (!Files.exists(log) || Files.size(log) < LARGEST) {
      return;
    }
    Path copy = log.resolveSibling(log.getFileName() + ".next");
    try (FileChannel from =
            FileChannel.open(log, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileChannel to =
            FileChannel.open(
                copy,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
      long copied = append(from, 0, to);
      for (int number = KEPT - 1; number >= 1; number--) {
        if (Files.exists(older(log, number))) {
          Files.move(
              older(log, number), older(log, number + 1), StandardCopyOption.REPLACE_EXISTING);
        }
      }
      Files.move(copy, older(log, 1));
      // What was written meanwhile.
      append(from, copied, to);
      from.truncate(0);
    } finally {
      // A part of a copy would only take the space that is missing.
      Files.deleteIfExists(copy);
    }
  }

  private static long append(FileChannel from, long start, FileChannel to) throws IOException {
    long copied = start;
    while (copied < from.size()) {
      copied += from.transferTo(copied, from.size() - copied, to);
    }
    return copied;
  }

  private static Path older(Path log, int number) {
    return log.resolveSibling(log.getFileName() + "." + number);
  }

  /** The last lines, as far as they are in the last 16 KiB; empty if there is no log. */
  static String lastLines(Path log, int count) {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      long from = Math.max(0, file.length() - 16_384);
      file.seek(from);
      byte[] end = new byte[(int) (file.length() - from)];
      file.readFully(end);
      List<String> lines = new String(end, StandardCharsets.UTF_8).lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - count), lines.size()));
    } catch (IOException e) {
      return "";
    }
  }
}
