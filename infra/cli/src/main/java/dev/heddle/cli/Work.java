package dev.heddle.cli;

import dev.heddle.contracts.MachineId;
import dev.heddle.local.ServiceProgram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs one worker that joins an installation elsewhere. */
@Command(
    name = "work",
    description = {
      "Run one worker in this terminal that joins an installation through its Kafka broker.",
      "Ctrl-C lets it finish or hand back what it runs, then ends it. The broker must be reachable",
      "from here under the names that it gives itself; that of 'heddle up' listens on loopback only."
    },
    footer = {
      "",
      "Examples:",
      "  heddle work --bootstrap-servers kafka:9092 --slots 8",
      "  heddle work --bootstrap-servers kafka:9092 --pool gpu --label zone=eu --label disk=ssd",
      "  heddle work --id second          one more worker of the Heddle that runs from this home"
    },
    exitCodeList = {
      "0:Ended in order.",
      ExitCode.HELP_USAGE,
      ExitCode.HELP_UNREACHABLE,
      ExitCode.HELP_ENVIRONMENT
    })
final class Work implements Callable<Integer> {

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      description = "The broker. Default: the one that runs from this home.")
  @Nullable String bootstrapServers;

  @Option(
      names = "--id",
      paramLabel = "ID",
      description = {
        "Names this machine, and must be unique among all of them. Default: the host's name.",
        "Under the same name and home it goes on where it was, also after a kill."
      })
  @Nullable String id;

  @Option(
      names = "--home",
      paramLabel = "FOLDER",
      description =
          "Where it keeps its identity, clones, worktrees and reports on their way. Default:"
              + " workers/ID in HEDDLE_HOME.")
  @Nullable Path folder;

  @Option(
      names = "--slots",
      paramLabel = "N",
      defaultValue = "4",
      description = "Sessions at once. Default: ${DEFAULT-VALUE}.")
  int slots;

  @Option(names = "--pool", paramLabel = "NAME", description = "The pool to join.")
  @Nullable String pool;

  @Option(names = "--label", paramLabel = "KEY=VALUE", description = "A label; repeatable.")
  Map<String, String> labels = new TreeMap<>();

  @Option(
      names = "--engine",
      paramLabel = "NAME",
      description =
          "An engine to offer; repeatable. Default: command, and every agent whose program is on the"
              + " PATH.")
  List<String> engines = new ArrayList<>();

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Port of its health page on loopback. Default: a free one.")
  @Nullable Integer port;

  private final Context context;

  Work(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    MachineId name = name();
    Path home = home(name);
    ProcessBuilder builder = new ProcessBuilder(ServiceProgram.worker(context.source()));
    Map<String, String> environment = builder.environment();
    environment.put("SPRING_KAFKA_BOOTSTRAP_SERVERS", broker());
    environment.put("SERVER_PORT", Integer.toString(port == null ? freePort() : port));
    environment.put("SERVER_ADDRESS", "127.0.0.1");
    environment.put("HEDDLE_WORKER_ID", name.value());
    environment.put("HEDDLE_WORKER_HOME", home.toString());
    environment.put("HEDDLE_WORKER_SLOTS", Integer.toString(slots));
    if (pool != null) {
      environment.put("HEDDLE_WORKER_POOL", pool);
    }
    if (!labels.isEmpty()) {
      environment.put(
          "HEDDLE_WORKER_LABELS",
          labels.entrySet().stream()
              .map(label -> label.getKey() + "=" + label.getValue())
              .collect(Collectors.joining(",")));
    }
    if (!engines.isEmpty()) {
      environment.put("HEDDLE_WORKER_ENGINES", String.join(",", engines));
    }
    context
        .terminal()
        .line(
            "worker " + name + " joins " + broker() + " with " + slots + " slots; Ctrl-C ends it");
    Process worker = builder.inheritIO().start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(worker), "end-worker"));
    return worker.waitFor() == 0 ? ExitCode.OK : ExitCode.ENVIRONMENT;
  }

  private MachineId name() {
    if (id == null) {
      return MachineId.ofHost(hostName());
    }
    try {
      return new MachineId(id);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, "--id '" + id + "': " + e.getMessage());
    }
  }

  /** As the kernel has it; a host need not be able to look up its own name. */
  private static String hostName() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /** The worker's folder, which no other worker has. */
  private Path home(MachineId name) {
    Path home =
        folder == null
            ? context.home().folder("workers").resolve(name.value())
            : folder.toAbsolutePath().normalize();
    try {
      Files.createDirectories(home);
      if (!taken(home)) {
        return home;
      }
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.ENVIRONMENT,
          "cannot write to "
              + home
              + " ("
              + e
              + "). Make it writable, or name another with --home.");
    }
    throw new CommandFailure(
        ExitCode.ENVIRONMENT,
        "a worker runs already in "
            + home
            + ". It may be what a command that was killed has left: SIGTERM ends it. For one more on"
            + " this machine give it a name of its own with --id.");
  }

  /** The worker takes this lock itself; asking before saves a start that fails. */
  private static boolean taken(Path home) throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                home.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      return lock == null;
    } catch (OverlappingFileLockException e) {
      return true;
    }
  }

  private String broker() {
    if (bootstrapServers != null) {
      return bootstrapServers;
    }
    return new Launches(context)
        .running()
        .flatMap(state -> state.part("kafka"))
        .map(kafka -> "127.0.0.1:" + kafka.port())
        .orElseThrow(() ->
            new CommandFailure(
                ExitCode.UNREACHABLE,
                "which broker? Nothing runs from this home; name one with"
                    + " --bootstrap-servers HOST:PORT."));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void end(Process worker) {
    worker.destroy();
    try {
      worker.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
