package dev.heddle.worker.engine;

import dev.heddle.contracts.Failure;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Any program: the prompt is its standard input, what it writes to standard output becomes the
 * assistant's message, and its exit code decides.
 */
final class CommandEngine implements Engine {

  static final String NAME = "command";

  private final EngineTools tools;
  private final List<String> defaultCommand;
  private final EngineEnvironment environment;

  CommandEngine(EngineTools tools, List<String> defaultCommand) {
    this.tools = tools;
    this.defaultCommand = defaultCommand;
    this.environment = new EngineEnvironment(System.getenv(), tools.passed());
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public @Nullable String version() {
    return null;
  }

  @Override
  public EngineRun start(EngineTask task, EngineListener listener) throws EngineFailedException {
    List<String> command = task.spec().command();
    if (command.isEmpty()) {
      command = defaultCommand;
    }
    Map<String, String> variables = environment.with(task.identity());
    String program = command.getFirst();
    if (Programs.find(program, variables.getOrDefault("PATH", ""), task.directory()).isEmpty()) {
      throw new EngineFailedException(
          new Failure(
              "engine_not_found",
              "the program '%s' was not found on this machine, or may not be executed; install it or name another"
                  .formatted(program),
              false));
    }
    if (command.stream().anyMatch(word -> word.indexOf('\0') >= 0)) {
      throw new EngineFailedException(
          new Failure("bad_command", "the command holds a NUL character", false));
    }
    try {
      return new CommandRun(
          tools
              .guards()
              .start(task.marker(), command, task.directory(), variables, task.deadline()),
          task,
          listener,
          tools.limits(),
          tools.timer());
    } catch (IOException e) {
      throw new EngineFailedException(
          new Failure(
              "engine_not_started",
              "the engine's process could not be started: " + e.getMessage(),
              true));
    }
  }
}
