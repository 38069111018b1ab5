package dev.heddle.cli;

import dev.heddle.local.LaunchSize;
import dev.heddle.local.SystemState;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Shows Heddle at work. */
@Command(
    name = "demo",
    description =
        "See Heddle at work: start it if it does not run, make a small sample repository, dispatch a"
            + " thread, and watch its transcript as it is written. Heddle is left running.",
    exitCodeList = {
      ExitCode.HELP_OK,
      ExitCode.HELP_RUN_FAILED,
      ExitCode.HELP_USAGE,
      ExitCode.HELP_UNREACHABLE,
      ExitCode.HELP_REFUSED,
      ExitCode.HELP_ENVIRONMENT,
      ExitCode.HELP_PORT
    })
final class Demo implements Callable<Integer> {

  private static final String PROJECT = "loom";

  private static final String PROMPT =
      """
      echo "I am in $(pwd), on branch $(git branch --show-current)."
      echo "Looking around:"
      git ls-files | sed 's/^/  /'
      for colour in red green blue; do
        sleep 1
        echo "$colour" >> threads.txt
        echo "added a $colour thread"
      done
      sleep 1
      echo "$(wc -l < threads.txt) threads are on the loom now."
      git add threads.txt
      git -c user.name=Heddle -c user.email=heddle@localhost commit --quiet --message 'Add three threads'
      echo "Committed: $(git log -1 --format='%h %s')"
      """;

  /** For the practice agent, which edits a file with these words in it. */
  private static final String HELLO = "hello from the demo";

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "" + LaunchSize.DEFAULT_PORT,
      description = "Port of the gateway if Heddle is to be started. Default: ${DEFAULT-VALUE}.")
  int port;

  @Mixin OutputOptions output = new OutputOptions();

  private final Context context;

  Demo(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = context.terminal();
    boolean quiet = output.json;
    say(quiet, "1. Heddle on this machine");
    Launches launches = new Launches(context);
    SystemState state = launches.up(LaunchSize.usual(port), quiet);
    Gateway gateway = context.gateway(new ServerOptions());

    say(quiet, "2. A sample repository, and a project for it");
    Path repository = SampleRepository.in(context.home().folder("samples"));
    Projects.createIfMissing(gateway, PROJECT, repository.toString());
    if (!quiet) {
      terminal.line("  " + repository);
    }

    say(quiet, "3. A thread, dispatched; its transcript as it is written");
    ObjectNode request = Gateway.JSON.createObjectNode();
    request.put("project", PROJECT);
    request.put("prompt", PROMPT);
    request.put("engine", "command");
    JsonNode accepted = gateway.post("api/dispatch", request, UUID.randomUUID().toString());
    String thread = accepted.path("threadId").asString("");
    String session = accepted.path("sessionId").asString("");
    int exit = new Follower(context, gateway, output.json).session(session);
    if (exit == ExitCode.OK) {
      say(quiet, "4. The practice agent: a script that does what coding agents do");
      exit = practise(gateway);
    }
    if (!quiet) {
      close(state, gateway.get("api/sessions/" + session), thread, session);
    }
    return exit;
  }

  private int practise(Gateway gateway) {
    ObjectNode request = Gateway.JSON.createObjectNode();
    request.put("project", PROJECT);
    request.put("prompt", HELLO);
    request.put("engine", "practice");
    // Else it would wait here for somebody to allow the edit.
    request.put("permission", "edit");
    JsonNode accepted = gateway.post("api/dispatch", request, UUID.randomUUID().toString());
    return new Follower(context, gateway, output.json)
        .session(accepted.path("sessionId").asString(""));
  }

  private void say(boolean quiet, String text) {
    if (!quiet) {
      context.terminal().line("");
      context.terminal().line(Terminal.Style.BOLD, text);
    }
  }

  private void close(SystemState state, JsonNode run, String thread, String session) {
    Terminal terminal = context.terminal();
    String machine = run.path("machine").asString("a worker");
    say(false, "What just happened");
    terminal.line("  thread-service stored your message and asked for a run, in one transaction.");
    terminal.line(
        "  session-service offered the run over Kafka; "
            + machine
            + " claimed it and was granted it.");
    terminal.line(
        "  The worker made a git worktree on a branch of its own and ran a real process.");
    terminal.line("  trace-service stored every event in order and streamed it here.");
    say(false, "What to try next");
    terminal.line("  ./heddle dispatch " + PROJECT + " 'echo hello; ls' --follow");
    terminal.line("  ./heddle dispatch " + PROJECT + " help --engine practice --follow");
    terminal.line("  ./heddle dispatch " + PROJECT + " ask --engine practice && ./heddle inbox");
    terminal.line("  ./heddle dispatch " + PROJECT + " 'sleep 60' && ./heddle sessions");
    terminal.line("  ./heddle tail " + thread);
    terminal.line("  ./heddle sessions " + session);
    terminal.line("  ./heddle machines");
    terminal.line(
        "  curl -H \"Authorization: Bearer $(cat "
            + context.home().token()
            + ")\" "
            + state.url()
            + "/api/threads/"
            + thread
            + "/transcript");
    terminal.line("");
    terminal.line(
        "Heddle keeps running. Stop it with: "
            + terminal.style(Terminal.Style.BOLD, "./heddle down"));
  }
}
