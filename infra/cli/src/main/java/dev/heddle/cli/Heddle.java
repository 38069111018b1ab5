package dev.heddle.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The heddle command. */
@Command(
    name = "heddle",
    description = {
      "Runs coding agents on many machines for a team.",
      "",
      "A @|bold thread|@ is a conversation; a @|bold session|@ is one run of it on a machine.",
      ""
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommandsRepeatable = false,
    commandListHeading = "%nCommands:%n",
    footerHeading = "%nBegin with:%n",
    footer = {
      "  heddle demo                      start everything and watch a run",
      "  heddle projects create shop --repository ~/src/shop",
      "  heddle dispatch shop 'make test' --follow",
      "  heddle down",
      "",
      "Environment:",
      "  HEDDLE_HOME    data, logs and token (default ~/.heddle)",
      "  HEDDLE_URL     a gateway elsewhere, with HEDDLE_TOKEN",
      "  NO_COLOR       no colours",
      "",
      "Exit codes: 0 done, 1 the run failed, 2 usage, 3 not running or not reachable,",
      "4 refused by the server, 5 this machine lacks something, 6 port in use.",
      "",
      "The script itself also knows: heddle build, heddle test [MAVEN ARGS], heddle format,",
      "heddle apidocs [MAVEN ARGS]."
    })
final class Heddle implements Runnable {

  /** In the order in which the help lists them. */
  private static final List<Class<?>> COMMANDS =
      List.of(
          Up.class,
          Open.class,
          Down.class,
          Status.class,
          Logs.class,
          Demo.class,
          Dispatch.class,
          Projects.class,
          Threads.class,
          Sessions.class,
          Machines.class,
          Tail.class,
          Cancel.class,
          Retry.class,
          Inbox.class,
          Decide.class,
          Checkpoints.class,
          Diff.class,
          Reset.class,
          Commit.class,
          Push.class,
          PullRequest.class,
          Parked.class,
          Work.class);

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command? See 'heddle --help'.");
  }

  /** The entry point. */
  public static void main(String[] arguments) {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    boolean interactive = Boolean.getBoolean("heddle.terminal");
    Terminal terminal = new Terminal(out, err, interactive, System.getenv());
    Path source = Path.of(System.getProperty("heddle.source", ".")).toAbsolutePath().normalize();
    int exit = execute(new Context(terminal, System.getenv(), source), arguments);
    out.flush();
    System.exit(exit);
  }

  /** Runs one command line and gives its exit code. */
  static int execute(Context context, String... arguments) {
    CommandLine line = new CommandLine(new Heddle(), new Commands(context));
    commands(arguments).forEach(line::addSubcommand);
    Ansi ansi = context.terminal().colored() ? Ansi.ON : Ansi.OFF;
    line.setColorScheme(CommandLine.Help.defaultColorScheme(ansi));
    line.setOut(context.terminal().writer());
    for (CommandLine command : all(line)) {
      CommandSpec spec = command.getCommandSpec();
      spec.mixinStandardHelpOptions(true);
      spec.version("heddle 0.1.0-SNAPSHOT");
      spec.usageMessage().sortOptions(false).width(100).abbreviateSynopsis(true);
      if (!spec.usageMessage().exitCodeList().isEmpty()) {
        spec.usageMessage().exitCodeListHeading("%nExit codes:%n");
      }
    }
    line.setExecutionExceptionHandler((exception, command, result) -> {
      if (exception instanceof CommandFailure failure) {
        context.terminal().error(failure.text());
        return failure.exitCode();
      }
      if (exception instanceof dev.heddle.local.LocalException local) {
        context.terminal().error(local.text());
        return Launches.exitCode(local.kind());
      }
      throw exception;
    });
    line.setParameterExceptionHandler((exception, rest) -> {
      String command = exception.getCommandLine().getCommandSpec().qualifiedName();
      context
          .terminal()
          .error(
              exception.getMessage() + suggestion(exception) + "\nSee '" + command + " --help'.");
      return ExitCode.USAGE;
    });
    return line.execute(arguments);
  }

  /**
   * Only the command that is named, if one is: to describe all of them takes longer than to run
   * one.
   */
  private static List<Class<?>> commands(String[] arguments) {
    List<Class<?>> named =
        COMMANDS.stream()
            .filter(command ->
                arguments.length > 0
                    && command.getAnnotation(Command.class).name().equals(arguments[0]))
            .toList();
    return named.isEmpty() ? COMMANDS : named;
  }

  private static String suggestion(ParameterException exception) {
    return exception instanceof CommandLine.UnmatchedArgumentException unmatched
            && !unmatched.getSuggestions().isEmpty()
        ? ". Did you mean '" + unmatched.getSuggestions().getFirst() + "'?"
        : "";
  }

  private static List<CommandLine> all(CommandLine root) {
    List<CommandLine> found = new ArrayList<>();
    found.add(root);
    for (Map.Entry<String, CommandLine> entry : root.getSubcommands().entrySet()) {
      found.addAll(all(entry.getValue()));
    }
    return found;
  }
}
