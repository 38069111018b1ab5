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
      "  heddle dispatch shop 'stop, and do this' --thread ID --if-busy interrupt",
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
      description = "Which engine runs it. Default: that of the thread; command for a new one.")
  @Nullable String engine;

  @Option(names = "--thread", paramLabel = "ID", description = "Go on with this thread.")
  @Nullable String thread;

  @Option(
      names = "--if-busy",
      paramLabel = "HOW",
      description =
          "With --thread, while it is busy: queue it behind what waits there (the default), steer"
              + " the run with it, interrupt the run, or reject it.")
  @Nullable String ifBusy;

  @Option(names = "--machine", paramLabel = "ID", description = "Only on this machine.")
  @Nullable String machine;

  @Option(names = "--pool", paramLabel = "NAME", description = "In this pool of machines.")
  @Nullable String pool;

  @Option(
      names = "--label",
      paramLabel = "KEY=VALUE",
      description = "Only on machines with this label; repeatable.")
  Map<String, String> labels = new TreeMap<>();

  @Option(
      names = "--permission",
      paramLabel = "P",
      description =
          "What the engine may do without asking, from now on: plan (change nothing), ask, edit"
              + " (files of its folder), or full (everything; no stored rule is looked at)."
              + " Default: what the thread, its project or you have set.")
  @Nullable String permission;

  @Option(
      names = "--budget-tokens",
      paramLabel = "N",
      description = "Of a new thread: hold it once it has spent so many tokens.")
  @Nullable Long budgetTokens;

  @Option(
      names = "--budget-usd",
      paramLabel = "X",
      description = "Of a new thread: hold it once it has cost so many US dollars.")
  @Nullable Double budgetCost;

  @Option(names = "--priority", paramLabel = "P", description = "urgent, normal or background.")
  @Nullable String priority;

  @Option(
      names = {"-f", "--follow"},
      description =
          "Show the run until it ends; the exit code tells how it ended. What is queued has no run"
              + " yet: then its thread is shown, until Ctrl-C.")
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
    String thread = accepted.path("threadId").asString("");
    // Without a session as long as it waits for its turn.
    String session = accepted.path("sessionId").asString("");
    if (output.json) {
      output.print(context.terminal(), accepted);
    } else {
      context.terminal().line("thread   " + thread);
      context.terminal().line(session.isEmpty() ? waits(accepted) : "session  " + session);
      if ("full".equals(permission)) {
        context
            .terminal()
            .line(Terminal.Style.RED, "permission full: the engine does everything unasked");
      }
    }
    if (follow) {
      Follower follower = new Follower(context, gateway, output.json);
      return session.isEmpty() ? follower.thread(thread) : follower.session(session);
    }
    if (!output.json) {
      context
          .terminal()
          .line(
              Terminal.Style.DIM,
              "watch it with: heddle tail " + (session.isEmpty() ? thread : session));
    }
    return ExitCode.OK;
  }

  private static String waits(JsonNode accepted) {
    String followUp = accepted.path("followUpId").asString("");
    return accepted.path("disposition").asString("").equals("interrupting")
        ? "queued as follow-up " + followUp + ", next: the run is being stopped for it"
        : "queued as follow-up " + followUp + ": the thread is busy";
  }

  private ObjectNode request() throws IOException {
    ObjectNode request = Gateway.JSON.createObjectNode();
    request.put("project", project);
    request.put(
        "prompt",
        prompt.equals("-") ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8) : prompt);
    optional(request, "engine", engine);
    optional(request, "thread", thread);
    optional(request, "ifBusy", ifBusy);
    optional(request, "machine", machine);
    optional(request, "pool", pool);
    optional(request, "permission", permission);
    optional(request, "priority", priority);
    if (budgetTokens != null || budgetCost != null) {
      ObjectNode budget = request.putObject("budget");
      budget.put("tokens", budgetTokens);
      budget.put("costUsd", budgetCost);
    }
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
