package dev.heddle.local;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Has the start caches made after the first start of a build, by a {@link Rehearsal} with the
 * lowest priority. It is only ever a matter of speed: whatever fails here is said and left.
 */
final class RehearsalRun {

  /** Set to {@code off} where the second system beside the first would be in the way. */
  private static final String SWITCH = "HEDDLE_REHEARSAL";

  private static final long MIB = 1024L * 1024;

  /** A second system, and JVMs that write their caches. */
  private static final long MEMORY = 3_000 * MIB;

  /** A second system, five caches of 120 MiB, and half as much again while they are written. */
  private static final long DISK = 3_000 * MIB;

  private final LaunchOptions options;
  private final StartCaches used;
  private final Consumer<String> say;
  private @Nullable Process process;
  private boolean stopped;

  RehearsalRun(LaunchOptions options, StartCaches used, Consumer<String> say) {
    this.options = options;
    this.used = used;
    this.say = say;
  }

  /** Begins in the background, if a cache is missing and there is room for it. */
  void start() {
    Thread.ofPlatform()
        .daemon()
        .name("rehearsal")
        .start(() -> {
          try {
            if (wanted()) {
              run();
            }
            Images.prune(options.images());
          } catch (IOException | LocalException e) {
            say.accept("start caches could not be made; 'up' only takes longer without them: " + e);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /**
   * Ends it at once, with all that it has started. One thread at a time makes or removes its home:
   * this one waits for the other.
   */
  synchronized void stop() {
    stopped = true;
    if (process != null) {
      process.destroyForcibly();
    }
    remove(options.home());
  }

  /**
   * Ends what is left of a rehearsal and removes its home; for one who holds the lock of the home.
   *
   * @return how many processes were killed
   */
  static int remove(HeddleHome home) {
    HeddleHome rehearsal = home(home);
    if (!Files.exists(rehearsal.root())) {
      return 0;
    }
    int killed = Signals.sweep(rehearsal) + DatabaseRemains.clear(Postgres.data(rehearsal));
    try {
      Path database = rehearsal.root().resolve("postgresql");
      Path elsewhere = Files.isSymbolicLink(database) ? database.toRealPath() : null;
      Folders.delete(rehearsal.root());
      if (elsewhere != null) {
        Folders.delete(elsewhere);
      }
    } catch (IOException e) {
      throw new LocalException(
          LocalException.Kind.ENVIRONMENT, "cannot remove " + rehearsal.root() + ": " + e, e);
    }
    return killed;
  }

  private static HeddleHome home(HeddleHome home) {
    return new HeddleHome(home.root().resolve("rehearsal"));
  }

  private boolean wanted() {
    if ("off".equals(System.getenv(SWITCH)) || !(used.missing() || options.lacksStartCache())) {
      return false;
    }
    if (freeMemory() < MEMORY || DiskSpace.usable(options.home().root()) < DISK) {
      say.accept(
          "no start caches are made, for which some 3 GB of memory and of disk must be free; 'up'"
              + " only takes longer without them");
      return false;
    }
    return true;
  }

  private void run() throws IOException, InterruptedException {
    StartCaches own = StartCaches.making();
    long begin = System.nanoTime();
    Process started = begin(own);
    if (started == null) {
      return;
    }
    say.accept(
        "is making start caches in the background, with the lowest priority; the next 'up' will be"
            + " faster");
    int exit = started.waitFor();
    synchronized (this) {
      if (stopped) {
        return;
      }
      remove(options.home());
    }
    if (exit != 0) {
      say.accept(
          "start caches could not be made; 'up' only takes longer without them. See "
              + options.home().log("rehearsal"));
      return;
    }
    own.publish();
    say.accept(
        "has made start caches in "
            + Duration.ofNanos(System.nanoTime() - begin).toSeconds()
            + " s; the next 'up' will be faster");
  }

  /** Starts it in an empty home; null if it was told to stop before. */
  private synchronized @Nullable Process begin(StartCaches own) throws IOException {
    if (stopped) {
      return null;
    }
    remove(options.home());
    HeddleHome rehearsal = home(options.home());
    rehearsal.create();
    LaunchOptions small =
        new LaunchOptions(
            UUID.randomUUID().toString(),
            rehearsal,
            options.source(),
            new LaunchSize(new Ports(RandomGenerator.getDefault()).free(0), 1, 1, 1));
    List<String> command = new ArrayList<>(small.rehearsalCommand(own));
    if (Programs.onPath("nice")) {
      command.addAll(0, List.of("nice", "-n", "19"));
    }
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(small.environment());
    builder.directory(new File("/"));
    builder.redirectInput(new File("/dev/null"));
    builder.redirectErrorStream(true);
    builder.redirectOutput(options.home().log("rehearsal").toFile());
    Process started = builder.start();
    process = started;
    return started;
  }

  /** In bytes; unlimited where it cannot be told. */
  private static long freeMemory() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
        if (line.startsWith("MemAvailable:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
        }
      }
    } catch (IOException e) {
      return Long.MAX_VALUE;
    }
    return Long.MAX_VALUE;
  }
}
