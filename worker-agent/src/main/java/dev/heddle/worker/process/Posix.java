package dev.heddle.worker.process;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * The two system calls that Java has no name for. Called directly, since starting a {@code kill} or
 * {@code mkfifo} process may fail just when it matters: when the machine is out of processes.
 */
final class Posix {

  static final int SIGKILL = 9;
  static final int SIGTERM = 15;

  private static final MethodHandle KILL =
      handle(
          "kill",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  private static final MethodHandle MKFIFO =
      handle(
          "mkfifo",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));

  private Posix() {}

  /** Signals one process; false if it is gone or not ours. */
  static boolean signal(long pid, int signal) {
    return kill(Math.toIntExact(pid), signal);
  }

  /** Signals every process of a group; false if there is none. */
  static boolean signalGroup(long group, int signal) {
    if (group <= 1) {
      // Minus one would mean every process of the machine.
      throw new IllegalArgumentException("not a process group: " + group);
    }
    return kill(Math.toIntExact(-group), signal);
  }

  /** Makes a FIFO that only this user may open. */
  static void makeFifo(Path path) throws IOException {
    int result;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(path.toString());
      result = (int) MKFIFO.invokeExact(text, 0600);
    } catch (Throwable e) {
      throw new IOException("mkfifo failed: " + path, e);
    }
    if (result != 0) {
      throw new IOException("cannot make a FIFO at " + path + "; the file system must allow it");
    }
  }

  private static boolean kill(int pid, int signal) {
    try {
      return (int) KILL.invokeExact(pid, signal) == 0;
    } catch (Throwable e) {
      throw new IllegalStateException("kill failed", e);
    }
  }

  @SuppressWarnings("restricted")
  private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    SymbolLookup symbols = linker.defaultLookup();
    return linker.downcallHandle(symbols.findOrThrow(name), descriptor);
  }
}
