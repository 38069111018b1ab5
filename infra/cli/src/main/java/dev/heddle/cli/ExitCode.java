package dev.heddle.cli;

/** What the command's exit codes mean; scripts rely on them. */
final class ExitCode {

  static final int OK = 0;
  static final int RUN_FAILED = 1;
  static final int USAGE = 2;
  static final int UNREACHABLE = 3;
  static final int REFUSED = 4;
  static final int ENVIRONMENT = 5;
  static final int PORT_IN_USE = 6;

  /** For the help of every command that talks to the server. */
  static final String HELP_OK = "0:Done.";

  static final String HELP_RUN_FAILED = "1:The run failed or was cancelled.";
  static final String HELP_USAGE = "2:The command line is wrong.";
  static final String HELP_UNREACHABLE = "3:Heddle is not running, or cannot be reached.";
  static final String HELP_REFUSED = "4:The server refused the request; the message says why.";
  static final String HELP_ENVIRONMENT =
      "5:This machine lacks something, or a part did not start; the message says what to do.";
  static final String HELP_PORT = "6:The gateway's port is in use by another program.";

  private ExitCode() {}
}
