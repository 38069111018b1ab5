package dev.heddle.cli;

import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers what an engine asked. */
@Command(
    name = "decide",
    description = {
      "Answer what an engine waits for. The first decision counts: a second one is refused with the"
          + " first. The engine hears of it within a moment; 'heddle inbox ID' shows whether it has.",
    },
    footer = {
      "",
      "Examples:",
      "  heddle decide 7f3a --allow",
      "  heddle decide 7f3a --deny --message 'use the staging database'",
      "  heddle decide 7f3a --allow --scope project --pattern 'npm test*'",
      "  heddle decide 7f3a --option blue        one of the options that 'heddle inbox 7f3a' shows",
      "  heddle decide 7f3a --answer 'in src/main, please'"
    },
    exitCodeList = {
      "0:It was decided.",
      ExitCode.HELP_USAGE,
      ExitCode.HELP_UNREACHABLE,
      ExitCode.HELP_REFUSED
    })
final class Decide implements Callable<Integer> {

  @Parameters(
      index = "0",
      paramLabel = "ID",
      description = "Of what was asked; its beginning or its end is enough.")
  String id = "";

  @ArgGroup(multiplicity = "1")
  Choice choice = new Choice();

  /** One of them says what is decided. */
  static final class Choice {

    @Option(names = "--allow", description = "The engine may do what it asks for.")
    boolean allow;

    @Option(names = "--deny", description = "It may not.")
    boolean deny;

    @Option(names = "--option", paramLabel = "OPTION", description = "One of the options offered.")
    @Nullable String option;

    @Option(names = "--answer", paramLabel = "TEXT", description = "An answer in words.")
    @Nullable String answer;
  }

  @Option(
      names = "--scope",
      paramLabel = "S",
      description =
          "For what else it holds: once, session, thread or project. The last two are kept as a"
              + " rule. Default: that of the option, or once.")
  @Nullable String scope;

  @Option(
      names = "--pattern",
      paramLabel = "GLOB",
      description = "What such a rule matches. Default: exactly what was asked.")
  @Nullable String pattern;

  @Option(
      names = "--message",
      paramLabel = "TEXT",
      description = "To the agent, such as why it is denied.")
  @Nullable String message;

  @Mixin ServerOptions server = new ServerOptions();
  @Mixin OutputOptions output = new OutputOptions();

  private final Context context;

  Decide(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Gateway gateway = context.gateway(server);
    String approval = new Ids(gateway).approval(id);
    JsonNode answer =
        gateway.post(
            Inbox.PATH + "/" + approval + "/decision", request(), UUID.randomUUID().toString());
    if (output.json) {
      output.print(context.terminal(), answer);
    } else {
      context.terminal().line(answer.path("state").asString("decided") + " " + approval);
    }
    return ExitCode.OK;
  }

  private ObjectNode request() {
    ObjectNode request = Gateway.JSON.createObjectNode();
    if (choice.allow || choice.deny) {
      request.put("decision", choice.allow ? "allowed" : "denied");
    }
    put(request, "optionId", choice.option);
    put(request, "answer", choice.answer);
    put(request, "scope", scope);
    put(request, "pattern", pattern);
    put(request, "message", message);
    return request;
  }

  private static void put(ObjectNode request, String field, @Nullable String text) {
    if (text != null) {
      request.put(field, text);
    }
  }
}
