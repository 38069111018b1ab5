package dev.heddle.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Gives a thread something to do. */
@Command(
    name = "dispatch",
    description =
        "Give a thread something to do: a new thread of a project, or with --thread one that exists.",
    footer = {
      "",
      "Examples:",
      "  heddle dispatch shop 'make test' --follow",
      "  heddle dispatch shop - < task.sh",
      "  heddle dispatch shop 'nproc' --machine worker-2 --priority urgent",
      "  heddle dispatch shop 'ls' --create-project --repository ~/src/shop",
      "  id=$(heddle dispatch shop 'make' --json | jq -r .sessionId)"
    },
    exitCodeList = {
      ExitCode.HELP_OK,
      "1:With --follow: the run failed or was cancelled.",
      ExitCode.HELP_USAGE,
      ExitCode.HELP_UNREACHABLE,
      ExitCode.HELP_REFUSED
    })
final class Dispatch implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "PROJECT", description = "Name or id of the project.")
  String project = "";

  @Parameters(
      index = "1",
      paramLabel = "PROMPT",
      description = "What to do; for the command engine a bash script. '-' reads it from stdin.")
  String prompt = "";

  @Option(
      names = "--engine",
      paramLabel = "NAME",
      defaultValue = "command",
      description = "Which engine runs it. Default: ${DEFAULT-VALUE}.")
  String engine = "command";

  @Option(names = "--thread", paramLabel = "ID", description = "Go on with this thread.")
  @Nullable String thread;

  @Option(names = "--machine", paramLabel = "ID", description = "Only on this machine.")
  @Nullable String machine;

  @Option(names = "--pool", paramLabel = "NAME", description = "In this pool of machines.")
  @Nullable String pool;

  @Option(
      names = "--label",
      paramLabel = "KEY=VALUE",
      description = "Only on machines with this label; repeatable.")
  Map<String, String> labels = new TreeMap<>();

  @Option(names = "--priority", paramLabel = "P", description = "urgent, normal or background.")
  @Nullable String priority;

  @Option(
      names = {"-f", "--follow"},
      description = "Show the run until it ends; the exit code tells how it ended.")
  boolean follow;

  @Option(names = "--create-project", description = "Create the project if there is none.")
  boolean createProject;

  @Option(
      names = "--repository",
      paramLabel = "URL|FOLDER",
      description = "With --create-project: the git repository to work in.")
  @Nullable String repository;

  @Option(
      names = "--idempotency-key",
      paramLabel = "KEY",
      description = "Repeating the command with the same key changes nothing.")
  @Nullable String idempotencyKey;

  @Mixin ServerOptions server = new ServerOptions();
  @Mixin OutputOptions output = new OutputOptions();

  private final Context context;

  Dispatch(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    if (repository != null && !createProject) {
      throw new CommandFailure(ExitCode.USAGE, "--repository goes with --create-project");
    }
    Gateway gateway = context.gateway(server);
    if (createProject) {
      Projects.createIfMissing(gateway, project, repository);
    }
    JsonNode accepted =
        gateway.post(
            "api/dispatch",
            request(),
            idempotencyKey == null ? UUID.randomUUID().toString() : idempotencyKey);
    String session = accepted.path("sessionId").asString("");
    if (output.json) {
      output.print(context.terminal(), accepted);
    } else {
      context.terminal().line("thread   " + accepted.path("threadId").asString(""));
      context.terminal().line("session  " + session);
    }
    if (follow) {
      return new Follower(context, gateway, output.json).session(session);
    }
    if (!output.json) {
      context.terminal().line(Terminal.Style.DIM, "watch it with: heddle tail " + session);
    }
    return ExitCode.OK;
  }

  private ObjectNode request() throws IOException {
    ObjectNode request = Gateway.JSON.createObjectNode();
    request.put("project", project);
    request.put(
        "prompt",
        prompt.equals("-") ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8) : prompt);
    request.put("engine", engine);
    optional(request, "thread", thread);
    optional(request, "machine", machine);
    optional(request, "pool", pool);
    optional(request, "priority", priority);
    if (!labels.isEmpty()) {
      ObjectNode node = request.putObject("labels");
      labels.forEach(node::put);
    }
    return request;
  }

  private static void optional(ObjectNode request, String name, @Nullable String value) {
    if (value != null) {
      request.put(name, value);
    }
  }
}
