package dev.heddle.worker.workspace;

import dev.heddle.worker.process.Command;
import dev.heddle.worker.process.RunMarker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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

  private final Path directory;
  private final RunMarker marker;
  private final Cancellation cancellation;

  Git(Path directory, RunMarker marker, Cancellation cancellation) {
    this.directory = directory;
    this.marker = marker;
    this.cancellation = cancellation;
  }

  Git in(Path other) {
    return new Git(other, marker, cancellation);
  }

  /** A failed call is a result too; only what keeps git from running at all is thrown. */
  Command.Result call(Duration limit, String... arguments)
      throws WorkspaceException, InterruptedException {
    List<String> words = new ArrayList<>();
    // Hooks of the people's own configuration are meant for their work, not for this.
    words.addAll(List.of("git", "-c", "core.hooksPath=/dev/null", "-c", "safe.directory=*"));
    words.addAll(List.of("-c", "gc.auto=0", "-c", "advice.detachedHead=false"));
    words.addAll(List.of(arguments));
    checkCancelled();
    Command command;
    try {
      command = new Command(words, directory, ENVIRONMENT, marker);
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
