package dev.heddle.worker.workspace;

import dev.heddle.worker.process.Command;
import dev.heddle.worker.process.RunMarker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The git of this machine, for one run. The real program and no library: it knows the credential
 * helpers, ssh configuration and file formats of the people whose machine this is.
 */
final class Git {

  /** For what only reads or writes the local disk. */
  static final Duration LOCAL = Duration.ofMinutes(2);

  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          // Nobody is there to be asked.
          "GIT_TERMINAL_PROMPT", "0",
          "GIT_ASKPASS", "true",
          "SSH_ASKPASS", "true",
          "GCM_INTERACTIVE", "never",
          "GIT_SSH_COMMAND",
              System.getenv().getOrDefault("GIT_SSH_COMMAND", "ssh") + " -oBatchMode=yes",
          // ext:: addresses would run any command.
          "GIT_ALLOW_PROTOCOL", "file:git:http:https:ssh",
          "LC_ALL", "C");

  /** What the configuration of a repository must not change in any call. */
  private static final List<String> SETTINGS =
      List.of(
          // Hooks of the people's own configuration are meant for their work, not for this.
          "core.hooksPath=/dev/null",
          // A program that git would ask what has changed.
          "core.fsmonitor=false",
          "submodule.recurse=false",
          "fetch.recurseSubmodules=false",
          "safe.directory=*",
          "gc.auto=0",
          "maintenance.auto=false",
          "advice.detachedHead=false");

  private final Path directory;
  private final RunMarker marker;
  private final Cancellation cancellation;
  private final Map<String, String> variables;

  Git(Path directory, RunMarker marker, Cancellation cancellation) {
    this(directory, marker, cancellation, Map.of());
  }

  private Git(
      Path directory, RunMarker marker, Cancellation cancellation, Map<String, String> variables) {
    this.directory = directory;
    this.marker = marker;
    this.cancellation = cancellation;
    this.variables = variables;
  }

  Git in(Path other) {
    return new Git(other, marker, cancellation, variables);
  }

  /** The same with these variables over those that it has. */
  Git with(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(variables);
    all.putAll(more);
    return new Git(directory, marker, cancellation, Map.copyOf(all));
  }

  /** A failed call is a result too; only what keeps git from running at all is thrown. */
  Command.Result call(Duration limit, String... arguments)
      throws WorkspaceException, InterruptedException {
    return call(limit, Command.Files.NONE, arguments);
  }

  /** As the other one, for more input or output than a result holds. */
  Command.Result call(Duration limit, Command.Files files, String... arguments)
      throws WorkspaceException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("git"));
    for (String setting : SETTINGS) {
      words.addAll(List.of("-c", setting));
    }
    words.addAll(List.of(arguments));
    Map<String, String> environment = new HashMap<>(ENVIRONMENT);
    environment.putAll(variables);
    checkCancelled();
    Command command;
    try {
      command = new Command(words, directory, environment, marker, files);
    } catch (IOException e) {
      throw new WorkspaceException(
          "git_not_started", "git could not be started: " + e.getMessage(), true);
    }
    CompletableFuture<Void> _ = cancellation.onRequest(command::kill);
    Command.Result result = command.await(limit);
    checkCancelled();
    if (result.exitCode() == 127 && result.errors().contains("setsid")) {
      throw new WorkspaceException(
          "git_missing", "git is not installed on this machine; install it", false);
    }
    return result;
  }

  boolean succeeds(String... arguments) throws WorkspaceException, InterruptedException {
    return call(LOCAL, arguments).exitCode() == 0;
  }

  /** What git says went wrong, in short and without secrets. */
  static String reason(Command.Result result) {
    if (result.timedOut()) {
      return "it took too long";
    }
    String text = Secrets.mask(result.errors().strip());
    return text.length() > 1_000 ? "…" + text.substring(text.length() - 1_000) : text;
  }

  private void checkCancelled() throws WorkspaceException {
    if (cancellation.isRequested()) {
      throw new WorkspaceException("cancelled", "cancelled while preparing the workspace", false);
    }
  }
}
