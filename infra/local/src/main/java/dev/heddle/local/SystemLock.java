package dev.heddle.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Held by the one launcher of a home; the kernel gives it back when that process ends, however. */
final class SystemLock implements AutoCloseable {

  private final FileChannel channel;

  private SystemLock(FileChannel channel) {
    this.channel = channel;
  }

  static Optional<SystemLock> tryTake(HeddleHome home) {
    FileChannel channel = null;
    try {
      channel = FileChannel.open(home.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return Optional.of(new SystemLock(channel));
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

  private static void close(@org.jspecify.annotations.Nullable FileChannel channel) {
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
