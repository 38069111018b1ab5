package dev.heddle.worker.engine;

import dev.heddle.contracts.Failure;
import dev.heddle.worker.process.Guards;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Any program: the prompt is its standard input, what it writes to standard output becomes the
 * assistant's message, and its exit code decides.
 */
final class CommandEngine implements Engine {

  static final String NAME = "command";

  private final Guards guards;
  private final List<String> defaultCommand;
  private final OutputLimits limits;
  private final EngineEnvironment environment;
  private final ScheduledExecutorService flusher;

  CommandEngine(
      Guards guards,
      List<String> defaultCommand,
      OutputLimits limits,
      Set<String> passed,
      ScheduledExecutorService flusher) {
    this.guards = guards;
    this.defaultCommand = defaultCommand;
    this.limits = limits;
    this.environment = new EngineEnvironment(System.getenv(), passed);
    this.flusher = flusher;
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
    Map<String, String> variables = environment.with(task.variables());
    String program = command.getFirst();
    if (!isExecutable(program, variables.getOrDefault("PATH", ""), task.directory())) {
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
          guards.start(task.marker(), command, task.directory(), variables, task.deadline()),
          task,
          listener,
          limits,
          flusher);
    } catch (IOException e) {
      throw new EngineFailedException(
          new Failure(
              "engine_not_started",
              "the engine's process could not be started: " + e.getMessage(),
              true));
    }
  }

  private static boolean isExecutable(String program, String path, Path directory) {
    if (program.isEmpty() || program.indexOf('\0') >= 0) {
      return false;
    }
    if (program.contains("/")) {
      return isProgram(directory.resolve(program));
    }
    for (String folder : path.split(File.pathSeparator, -1)) {
      if (isProgram(directory.resolve(folder).resolve(program))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isProgram(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }
}
