package dev.heddle.cli;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows logs. */
@Command(
    name = "logs",
    description = "Show the log of one part, or without a name which logs there are.",
    footer = {
      "",
      "Examples:",
      "  heddle logs",
      "  heddle logs session-service -n 200",
      "  heddle logs worker-1 -f"
    },
    exitCodeList = {ExitCode.HELP_OK, ExitCode.HELP_USAGE, "5:There is no such log."})
final class Logs implements Callable<Integer> {

  private static final Duration POLL = Duration.ofMillis(200);

  @Parameters(index = "0", arity = "0..1", paramLabel = "PART", description = "Such as gateway.")
  @Nullable String part;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      defaultValue = "100",
      description = "How many of the last lines. Default: ${DEFAULT-VALUE}.")
  int lines;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with what is written from now on; Ctrl-C ends.")
  boolean follow;

  private final Context context;

  Logs(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path folder = context.home().logs();
    String name = part;
    if (name == null) {
      list(folder);
      return ExitCode.OK;
    }
    Path file = context.home().log(name);
    if (!file.normalize().startsWith(folder) || !Files.isRegularFile(file)) {
      throw new CommandFailure(
          ExitCode.ENVIRONMENT, "no log of '" + name + "'. There are: " + names(folder));
    }
    print(file);
    return ExitCode.OK;
  }

  private void print(Path file) throws IOException, InterruptedException {
    try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
      long position = startOfLast(log, lines);
      while (true) {
        if (log.length() < position) {
          position = 0;
        }
        log.seek(position);
        byte[] chunk = new byte[(int) Math.min(1 << 16, log.length() - position)];
        log.readFully(chunk);
        position += chunk.length;
        context.terminal().out().write(chunk);
        context.terminal().out().flush();
        if (chunk.length == 0) {
          if (!follow) {
            return;
          }
          Thread.sleep(POLL);
        }
      }
    }
  }

  private static long startOfLast(RandomAccessFile log, int lines) throws IOException {
    long position = log.length();
    int seen = 0;
    while (position > 0) {
      int size = (int) Math.min(1 << 14, position);
      byte[] chunk = new byte[size];
      log.seek(position - size);
      log.readFully(chunk);
      for (int index = size - 1; index >= 0; index--) {
        boolean lastByte = position - size + index == log.length() - 1;
        if (chunk[index] == '\n' && !lastByte && ++seen == lines) {
          return position - size + index + 1;
        }
      }
      position -= size;
    }
    return 0;
  }

  private void list(Path folder) throws IOException {
    Table table = new Table("PART", "SIZE", "FILE");
    for (Path file : files(folder)) {
      table.row(name(file), Files.size(file) / 1024 + " KiB", file.toString());
    }
    table.print(context.terminal());
  }

  private static String names(Path folder) throws IOException {
    List<String> names = files(folder).stream().map(Logs::name).toList();
    return names.isEmpty() ? "none yet" : String.join(", ", names);
  }

  private static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString().replace(".log", "");
  }
}
