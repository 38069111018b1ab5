package dev.heddle.worker.run;

import dev.heddle.worker.engine.Engine;
import dev.heddle.worker.engine.EngineListener;
import dev.heddle.worker.engine.EngineRun;
import dev.heddle.worker.engine.EngineTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Runs its prompt in a shell in the workspace, to its end. */
final class ShellEngine implements Engine {

  private volatile @Nullable Path directory;

  /** Where it was last. */
  Path directory() {
    Path last = directory;
    if (last == null) {
      throw new IllegalStateException("it was never started");
    }
    return last;
  }

  @Override
  public String name() {
    return "shell";
  }

  @Override
  public @Nullable String version() {
    return null;
  }

  @Override
  public EngineRun start(EngineTask task, EngineListener listener) {
    listener.started(null);
    directory = task.directory();
    int exitCode = exitCodeOf(task.prompt(), task.directory());
    CompletableFuture<EngineRun.Result> done =
        CompletableFuture.completedFuture(new EngineRun.Result(exitCode, Duration.ZERO, null));
    return new EngineRun() {
      @Override
      public void tick(long deadline) {}

      @Override
      public void terminate() {}

      @Override
      public void kill() {}

      @Override
      public CompletableFuture<Result> done() {
        return done;
      }
    };
  }

  private static int exitCodeOf(String script, Path directory) {
    try {
      Process process =
          new ProcessBuilder("bash", "-c", script)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exitCode = process.waitFor();
      if (exitCode != 0) {
        throw new IllegalStateException("'%s' failed: %s".formatted(script, said));
      }
      return exitCode;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
