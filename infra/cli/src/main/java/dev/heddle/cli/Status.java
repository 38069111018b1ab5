package dev.heddle.cli;

import dev.heddle.local.DiskSpace;
import dev.heddle.local.SystemState;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Shows what runs. */
@Command(
    name = "status",
    description = "Show what runs from this home: processes, addresses, restarts and logs.",
    exitCodeList = {
      "0:Everything is ready.",
      ExitCode.HELP_USAGE,
      "3:Nothing runs, or not everything is ready."
    })
final class Status implements Callable<Integer> {

  private static final String OUTDATED =
      "something has changed that could not be written down, perhaps since the disk is full; what is"
          + " shown here was true before. 'heddle logs launcher' tells what came after.";

  @Mixin OutputOptions output = new OutputOptions();

  private final Context context;

  Status(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Optional<SystemState> read = SystemState.read(context.home());
    boolean ready = read.filter(Status::ready).isPresent();
    if (output.json) {
      output.print(context.terminal(), json(read, ready));
      return ready ? ExitCode.OK : ExitCode.UNREACHABLE;
    }
    if (read.isEmpty()) {
      context
          .terminal()
          .line("Nothing runs in " + context.home().root() + ". Start it with 'heddle up'.");
      return ExitCode.UNREACHABLE;
    }
    SystemState state = read.get();
    SystemTable.print(context.terminal(), state);
    context.terminal().line("");
    SystemTable.printAddresses(context.terminal(), context.home(), state, true);
    DiskSpace.warning(context.home()).ifPresent(context.terminal()::error);
    if (SystemState.outdated(context.home())) {
      context.terminal().error(OUTDATED);
    }
    if (!state.supervised()) {
      context
          .terminal()
          .error("the launcher was killed. 'heddle down' cleans up, 'heddle up' starts again.");
    }
    return ready ? ExitCode.OK : ExitCode.UNREACHABLE;
  }

  private static boolean ready(SystemState state) {
    return state.supervised()
        && state.phase() == SystemState.Phase.READY
        && state.parts().stream().allMatch(part -> SystemTable.condition(part).equals("ready"));
  }

  private ObjectNode json(Optional<SystemState> read, boolean ready) {
    ObjectNode document = Gateway.JSON.createObjectNode();
    document.put("ready", ready);
    document.put("home", context.home().root().toString());
    read.ifPresent(state -> {
      document.put(
          "phase", state.supervised() ? state.phase().name().toLowerCase(Locale.ROOT) : "dead");
      document.put("url", state.url());
      document.put("tokenFile", context.home().token().toString());
      document.put("startedAt", state.startedAt().toString());
      document.put("launcher", state.launcher().pid());
      DiskSpace.warning(context.home()).ifPresent(text -> document.put("warning", text));
      document.put("outdated", SystemState.outdated(context.home()));
      ArrayNode parts = document.putArray("parts");
      for (SystemState.Part part : state.parts()) {
        ObjectNode node = parts.addObject();
        node.put("name", part.name());
        node.put("state", SystemTable.condition(part));
        if (part.process() != null) {
          node.put("process", part.process().pid());
        }
        node.put("port", part.port());
        node.put("restarts", part.restarts());
        if (part.lastEnd() != null) {
          node.put("lastEnd", part.lastEnd());
        }
        node.put("log", part.log());
      }
    });
    return document;
  }
}
