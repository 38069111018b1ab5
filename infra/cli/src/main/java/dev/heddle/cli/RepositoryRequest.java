package dev.heddle.cli;

import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Asks for something to be done with the files of one thread: a run without an engine, on the
 * machine that has them.
 */
abstract class RepositoryRequest implements Callable<Integer> {

  @Parameters(
      index = "0",
      paramLabel = "THREAD",
      description = "Id of the thread; its beginning or its end is enough.")
  String thread = "";

  @Option(
      names = {"-f", "--follow"},
      description = "Show the run until it ends; the exit code tells how it ended.")
  boolean follow;

  @Option(
      names = "--idempotency-key",
      paramLabel = "KEY",
      description = "Repeating the command with the same key changes nothing.")
  @Nullable String idempotencyKey;

  @Mixin ServerOptions server = new ServerOptions();
  @Mixin OutputOptions output = new OutputOptions();

  private final Context context;

  RepositoryRequest(Context context) {
    this.context = context;
  }

  /** Refuses options that do not go together, before anybody is asked. */
  void check() {}

  /**
   * The end of its address, behind that of the thread.
   *
   * @param id the thread
   */
  abstract String path(Gateway gateway, String id);

  /** Null for nothing. */
  @Nullable ObjectNode body() {
    return null;
  }

  @Override
  public Integer call() {
    check();
    ObjectNode body = body();
    Gateway gateway = context.gateway(server);
    String id = new Ids(gateway).thread(thread);
    JsonNode accepted =
        gateway.post(
            "api/threads/" + id + path(gateway, id),
            body,
            idempotencyKey == null ? UUID.randomUUID().toString() : idempotencyKey);
    String session = accepted.path("sessionId").asString("");
    if (output.json) {
      output.print(context.terminal(), accepted);
    } else {
      context.terminal().line("session  " + session);
    }
    if (follow) {
      return new Follower(context, gateway, output.json).session(session);
    }
    if (!output.json) {
      context.terminal().line(Terminal.Style.DIM, "its outcome shows with: heddle tail " + session);
    }
    return ExitCode.OK;
  }
}
