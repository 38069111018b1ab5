package dev.heddle.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Records that a service could not take. */
@Command(
    name = "parked",
    description = {
      "Records that a service could not read or apply. They were put aside with their reason, so that"
          + " what comes behind them is not held up; they are kept for 30 days.",
      "",
      "Codes: unreadable, unknown_type or unknown_value (of a later version), wrong_key, failed (the"
          + " service refuses it), refused (the broker does)."
    },
    footer = {
      "",
      "Examples:",
      "  heddle parked list --state parked --topic session.requested",
      "  heddle parked show 7f3a",
      "  heddle parked replay 7f3a             once the cause is mended, such as by an upgrade",
      "  heddle parked show 7f3a --payload > r.json; vi r.json; heddle parked replay 7f3a --payload r.json"
    },
    subcommands = {Parked.Listing.class, Parked.Show.class, Parked.Replay.class},
    exitCodeList = {
      ExitCode.HELP_OK,
      ExitCode.HELP_USAGE,
      ExitCode.HELP_UNREACHABLE,
      ExitCode.HELP_REFUSED
    })
final class Parked implements Callable<Integer> {

  private static final String PATH = "api/parked";

  @Mixin ServerOptions server = new ServerOptions();
  @Mixin OutputOptions output = new OutputOptions();

  private final Context context;

  Parked(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return print(context, output, context.gateway(server).list(PATH, Listing.LIMIT));
  }

  private static int print(Context context, OutputOptions output, List<JsonNode> items) {
    return Lists.print(
        context,
        output,
        items,
        new Lists.Column("ID", "id"),
        new Lists.Column("PARKED", "parkedAt"),
        new Lists.Column("TOPIC", "topic"),
        new Lists.Column("PARTITION", "partition"),
        new Lists.Column("OFFSET", "offset"),
        new Lists.Column("CONSUMER", "consumer"),
        new Lists.Column("STATE", "state"),
        new Lists.Column("CODE", "code"),
        new Lists.Column("REASON", "reason"));
  }

  /** Lists parked records. */
  @Command(
      name = "list",
      description = "List parked records, the latest first.",
      exitCodeList = {
        ExitCode.HELP_OK,
        ExitCode.HELP_USAGE,
        ExitCode.HELP_UNREACHABLE,
        ExitCode.HELP_REFUSED
      })
  static final class Listing implements Callable<Integer> {

    static final int LIMIT = 50;

    @Option(names = "--topic", paramLabel = "NAME", description = "Only of this topic.")
    @Nullable String topic;

    @Option(names = "--consumer", paramLabel = "NAME", description = "Only from this service.")
    @Nullable String consumer;

    @Option(names = "--code", paramLabel = "CODE", description = "Only of this kind of reason.")
    @Nullable String code;

    @Option(
        names = "--state",
        paramLabel = "S",
        description = "Only parked, which nobody has dealt with, or only replayed.")
    @Nullable String state;

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "" + LIMIT,
        description = "At most so many. Default: ${DEFAULT-VALUE}.")
    int limit;

    @Mixin ServerOptions server = new ServerOptions();
    @Mixin OutputOptions output = new OutputOptions();

    private final Context context;

    Listing(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      String path =
          new Query(PATH)
              .with("topic", topic)
              .with("consumer", consumer)
              .with("code", code)
              .with("state", state)
              .path();
      return print(context, output, context.gateway(server).list(path, limit));
    }
  }

  /** Shows one parked record. */
  @Command(
      name = "show",
      description = "Show one parked record with its headers and the beginning of its payload.",
      exitCodeList = {
        ExitCode.HELP_OK,
        ExitCode.HELP_USAGE,
        ExitCode.HELP_UNREACHABLE,
        ExitCode.HELP_REFUSED
      })
  static final class Show implements Callable<Integer> {

    @Parameters(
        index = "0",
        paramLabel = "ID",
        description = "Of the parked record; its beginning or its end is enough.")
    String id = "";

    @Option(names = "--payload", description = "Nothing but the payload, as it was, to the byte.")
    boolean payload;

    @Mixin ServerOptions server = new ServerOptions();
    @Mixin OutputOptions output = new OutputOptions();

    private final Context context;

    Show(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      Gateway gateway = context.gateway(server);
      JsonNode record = gateway.get(PATH + "/" + new Ids(gateway).parked(id));
      if (!payload) {
        return Lists.show(context, output, record, "content");
      }
      Terminal terminal = context.terminal();
      terminal.out().writeBytes(bytes(record.path("content")));
      terminal.out().flush();
      return ExitCode.OK;
    }

    private static byte[] bytes(JsonNode content) {
      return content.has("base64")
          ? Base64.getDecoder().decode(content.path("base64").asString(""))
          : content.path("text").asString("").getBytes(StandardCharsets.UTF_8);
    }
  }

  /** Sends parked records once more. */
  @Command(
      name = "replay",
      description = {
        "Send parked records to their topic once more, under the same key; the service that parked"
            + " them reads them again.",
        "",
        "That is safe: what was already done is recognised. If one is parked again, it is listed"
            + " anew and names the first."
      },
      exitCodeList = {
        "0:They were sent; 'heddle parked list' shows whether they were taken.",
        ExitCode.HELP_USAGE,
        ExitCode.HELP_UNREACHABLE,
        ExitCode.HELP_REFUSED,
        ExitCode.HELP_ENVIRONMENT
      })
  static final class Replay implements Callable<Integer> {

    @Parameters(
        index = "0..*",
        arity = "1..*",
        paramLabel = "ID",
        description = "Of the parked records; their beginning or their end is enough.")
    List<String> ids = List.of();

    @Option(
        names = "--payload",
        paramLabel = "FILE",
        description =
            "Send the text of this file instead of what was parked. Takes the role admin.")
    @Nullable Path payload;

    @Option(
        names = "--key",
        paramLabel = "KEY",
        description = "Send it under this key instead. Takes the role admin.")
    @Nullable String key;

    @Option(names = "--force", description = "Although it was replayed before.")
    boolean force;

    @Mixin ServerOptions server = new ServerOptions();
    @Mixin OutputOptions output = new OutputOptions();

    private final Context context;

    Replay(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      if (ids.size() > 1 && (payload != null || key != null)) {
        throw new CommandFailure(
            ExitCode.USAGE, "--payload and --key are for one record, but there are " + ids.size());
      }
      ObjectNode request = Gateway.JSON.createObjectNode();
      if (payload != null) {
        request.put("payload", text(payload));
      }
      if (key != null) {
        request.put("key", key);
      }
      if (force) {
        request.put("force", true);
      }
      Gateway gateway = context.gateway(server);
      for (String given : ids) {
        String id = new Ids(gateway).parked(given);
        JsonNode answer =
            gateway.post(PATH + "/" + id + "/replay", request, UUID.randomUUID().toString());
        if (output.json) {
          output.print(context.terminal(), answer);
        } else {
          context.terminal().line("replayed " + id + " to " + answer.path("topic").asString("?"));
        }
      }
      return ExitCode.OK;
    }

    private static String text(Path file) {
      try {
        return Files.readString(file);
      } catch (IOException e) {
        throw new CommandFailure(
            ExitCode.ENVIRONMENT, "cannot read " + file + " as text in UTF-8: " + e);
      }
    }
  }
}
