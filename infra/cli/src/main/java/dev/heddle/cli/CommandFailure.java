package dev.heddle.cli;

/** Ends a command with a message for the person and an exit code for the script. */
final class CommandFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final String text;

  CommandFailure(int exitCode, String text) {
    super(text);
    this.exitCode = exitCode;
    this.text = text;
  }

  int exitCode() {
    return exitCode;
  }

  String text() {
    return text;
  }
}
