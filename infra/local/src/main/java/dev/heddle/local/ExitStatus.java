package dev.heddle.local;

import java.util.Map;

/** What the end of a process means, in words. */
final class ExitStatus {

  /** Signals end a process with 128 and their number. */
  private static final Map<Integer, String> SIGNALS =
      Map.of(
          129, "SIGHUP",
          130, "SIGINT",
          131, "SIGQUIT",
          134, "SIGABRT: it crashed",
          135, "SIGBUS: a full disk, or a file that was cut short under it",
          137, "SIGKILL: killed by somebody, or by the system when memory ran out",
          139, "SIGSEGV: it crashed",
          143, "SIGTERM: somebody ended it");

  private ExitStatus() {}

  static String describe(int status) {
    String signal = SIGNALS.get(status);
    return "exit code " + status + (signal == null ? "" : " (" + signal + ")");
  }
}
