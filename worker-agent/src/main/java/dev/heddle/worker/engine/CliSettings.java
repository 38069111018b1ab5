package dev.heddle.worker.engine;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the worker calls one engine that is a program of its own.
 *
 * @param command the argument vector, before what the adapter adds to it
 * @param home where the engine keeps its conversations, and its own settings and sign-in; null for
 *     a folder of its name under the worker's home
 * @param environment names of variables of the worker that this engine inherits, such as that of
 *     its key
 */
public record CliSettings(List<String> command, @Nullable Path home, List<String> environment) {

  public CliSettings(
      @Nullable List<String> command, @Nullable Path home, @Nullable List<String> environment) {
    this.command = command == null ? List.of() : List.copyOf(command);
    this.home = home == null || home.toString().isBlank() ? null : home;
    this.environment = environment == null ? List.of() : List.copyOf(environment);
  }

  /** With the defaults for everything but the command. */
  public static CliSettings of(String... command) {
    return new CliSettings(List.of(command), null, null);
  }
}
