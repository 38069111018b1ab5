package dev.heddle.worker.machine;

import dev.heddle.contracts.Ids;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.OptionalLong;

/**
 * The folder of one worker: its identity, where it stands in the control topic, and everything that
 * its runs need. Locked while the worker lives.
 */
public final class Home implements AutoCloseable {

  private final Path path;
  private final FileChannel lockFile;
  private final String hostId;
  private final long incarnation;

  private Home(Path path, FileChannel lockFile, String hostId, long incarnation) {
    this.path = path;
    this.lockFile = lockFile;
    this.hostId = hostId;
    this.incarnation = incarnation;
  }

  /**
   * Takes the folder, makes it if needed, and begins a new incarnation in it.
   *
   * @throws IOException where another worker has it, or it cannot be written; with what to do
   */
  @SuppressWarnings("resource") // The lock lives as long as the channel, which close() closes.
  public static Home open(Path path, InstantSource clock, Ids ids) throws IOException {
    FileChannel lockFile;
    try {
      Files.createDirectories(path);
      lockFile =
          FileChannel.open(
              path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new IOException(
          "heddle.worker.home is %s, which cannot be written: %s".formatted(path, e), e);
    }
    try {
      if (!lock(lockFile)) {
        throw new IOException(
            "another worker runs in %s; stop it, or set heddle.worker.home (HEDDLE_WORKER_HOME) to another folder"
                .formatted(path));
      }
      String hostId = hostId(path, ids);
      long incarnation = nextIncarnation(path, clock);
      return new Home(path.toRealPath(), lockFile, hostId, incarnation);
    } catch (IOException e) {
      lockFile.close();
      throw e;
    }
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  public Path path() {
    return path;
  }

  /** Made once for each home; tells two hosts with the same machine id apart. */
  public String hostId() {
    return hostId;
  }

  /** Greater than that of every earlier life in this home, even where the clock steps back. */
  public long incarnation() {
    return incarnation;
  }

  /** Where reading the control topic goes on; empty in a new home. */
  public OptionalLong controlOffset() throws IOException {
    return number(path.resolve("control-offset"));
  }

  public void storeControlOffset(long offset) throws IOException {
    write(path.resolve("control-offset"), Long.toString(offset), false);
  }

  @Override
  public void close() throws IOException {
    lockFile.close();
  }

  private static String hostId(Path home, Ids ids) throws IOException {
    Path file = home.resolve("host-id");
    if (Files.exists(file)) {
      String stored = Files.readString(file).strip();
      if (!stored.isEmpty()) {
        return stored;
      }
    }
    String made = ids.next().toString();
    write(file, made, true);
    return made;
  }

  private static long nextIncarnation(Path home, InstantSource clock) throws IOException {
    Path file = home.resolve("incarnation");
    OptionalLong stored = number(file);
    long next =
        stored.isPresent() ? Math.max(stored.getAsLong() + 1, clock.millis()) : clock.millis();
    write(file, Long.toString(next), true);
    return next;
  }

  private static OptionalLong number(Path file) throws IOException {
    try {
      return OptionalLong.of(Long.parseLong(Files.readString(file).strip()));
    } catch (NoSuchFileException e) {
      return OptionalLong.empty();
    } catch (NumberFormatException e) {
      throw new IOException(file + " is damaged: it should hold a number. Delete it", e);
    }
  }

  /** Whole or not at all; forced to the disk where a power cut must not undo it. */
  private static void write(Path file, String text, boolean force) throws IOException {
    Path aside = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            aside,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
      if (force) {
        channel.force(true);
      }
    }
    Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
