package dev.heddle.worker.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs one of the worker's own helpers, such as git, to its end, in a process group of its own that
 * carries the run's marker: so it can be killed with all that it started, and is found if the
 * worker dies.
 */
public final class Command {

  /** The most of either stream that is kept; the end of it says what went wrong. */
  private static final int KEPT_BYTES = 64 * 1024;

  private final Process process;
  private final CompletableFuture<Output> out;
  private final CompletableFuture<Output> errors;
  private boolean over;

  /** The end of a stream, and how many NUL bytes it had: entries of {@code git status -z}. */
  private record Output(String text, int nuls) {}

  /**
   * How it ended.
   *
   * @param exitCode 128 + signal where a signal ended it
   * @param out at most the last 64 KiB
   * @param outEntries how many entries ended by NUL were in the whole of it
   * @param timedOut whether it was killed for taking too long
   */
  public record Result(int exitCode, String out, int outEntries, String errors, boolean timedOut) {}

  /**
   * Where its streams lead.
   *
   * @param input what it reads; null for nothing
   * @param output where its whole standard output goes; null to keep the end of it as its result
   */
  public record Files(@Nullable Path input, @Nullable Path output) {

    public static final Files NONE = new Files(null, null);
  }

  /**
   * Starts it without input.
   *
   * @param environment variables over those of the worker
   */
  public Command(
      List<String> command, Path directory, Map<String, String> environment, RunMarker marker)
      throws IOException {
    this(command, directory, environment, marker, Files.NONE);
  }

  /** As the other one, with files for what is too much to be kept in memory. */
  public Command(
      List<String> command,
      Path directory,
      Map<String, String> environment,
      RunMarker marker,
      Files files)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder("setsid");
    builder.command().addAll(command);
    builder.directory(directory.toFile());
    builder.environment().putAll(environment);
    builder.environment().put(RunMarker.VARIABLE, marker.value());
    Path input = files.input() == null ? Path.of("/dev/null") : files.input();
    builder.redirectInput(ProcessBuilder.Redirect.from(input.toFile()));
    if (files.output() != null) {
      builder.redirectOutput(ProcessBuilder.Redirect.to(files.output().toFile()));
    }
    process = builder.start();
    out = collect(process.getInputStream());
    errors = collect(process.getErrorStream());
  }

  /** Waits for its end; kills it after the limit. */
  public Result await(Duration limit) throws InterruptedException {
    boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    if (!ended) {
      kill();
      process.waitFor();
    }
    // What it left behind in its group would keep the pipes open.
    kill();
    synchronized (this) {
      // From now on its id may belong to another.
      over = true;
    }
    Output text = out.join();
    return new Result(process.exitValue(), text.text(), text.nuls(), errors.join().text(), !ended);
  }

  /** SIGKILL to its process group; nothing once it has been waited for. */
  public synchronized void kill() {
    if (over) {
      return;
    }
    Posix.signalGroup(process.pid(), Posix.SIGKILL);
    if (process.isAlive()) {
      // It may not have made its group yet.
      process.destroyForcibly();
    }
  }

  private static CompletableFuture<Output> collect(InputStream stream) {
    CompletableFuture<Output> collected = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("command-output")
        .start(() -> {
          byte[] kept = new byte[KEPT_BYTES];
          long total = 0;
          int nuls = 0;
          byte[] buffer = new byte[8 * 1024];
          try (stream) {
            int length = stream.read(buffer);
            while (length >= 0) {
              for (int i = 0; i < length; i++) {
                kept[(int) (total++ % KEPT_BYTES)] = buffer[i];
                nuls += buffer[i] == 0 ? 1 : 0;
              }
              length = stream.read(buffer);
            }
          } catch (IOException | UncheckedIOException e) {
            // It was killed; what was read so far is all there is.
          }
          collected.complete(new Output(inOrder(kept, total), nuls));
        });
    return collected;
  }

  private static String inOrder(byte[] ring, long total) {
    if (total <= ring.length) {
      return new String(ring, 0, (int) total, StandardCharsets.UTF_8);
    }
    int start = (int) (total % ring.length);
    byte[] text = new byte[ring.length];
    System.arraycopy(ring, start, text, 0, ring.length - start);
    System.arraycopy(ring, 0, text, ring.length - start, start);
    return new String(text, StandardCharsets.UTF_8);
  }
}
