package dev.heddle.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Held by the one launcher of a home; the kernel gives it back when that process ends, however. */
final class SystemLock implements AutoCloseable {

  private final FileChannel channel;
  private final @Nullable Object file;

  private SystemLock(FileChannel channel, @Nullable Object file) {
    this.channel = channel;
    this.file = file;
  }

  static Optional<SystemLock> tryTake(HeddleHome home) {
    FileChannel channel = null;
    try {
      channel = FileChannel.open(home.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return Optional.of(new SystemLock(channel, file(home)));
      }
      channel.close();
      return Optional.empty();
    } catch (OverlappingFileLockException e) {
      close(channel);
      return Optional.empty();
    } catch (IOException e) {
      throw new LocalException(
          LocalException.Kind.ENVIRONMENT, "cannot lock " + home.lock() + ": " + e, e);
    }
  }

  /**
   * False when the home was removed, also if it was made anew: another launcher may then take the
   * lock of the new one. True where the file cannot be looked at for another reason, such as too
   * many open files: that passes, and is none to stop a system.
   */
  boolean isStillOf(HeddleHome home) {
    try {
      return Objects.equals(file, file(home));
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** What distinguishes the file from another one with its name; null where nothing does. */
  private static @Nullable Object file(HeddleHome home) throws IOException {
    return Files.readAttributes(home.lock(), BasicFileAttributes.class).fileKey();
  }

  private static void close(@Nullable FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new LocalException(LocalException.Kind.ENVIRONMENT, "cannot close a lock: " + e, e);
      }
    }
  }

  @Override
  public void close() {
    close(channel);
  }
}
