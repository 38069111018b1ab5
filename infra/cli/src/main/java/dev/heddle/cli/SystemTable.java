package dev.heddle.cli;

import dev.heddle.local.HeddleHome;
import dev.heddle.local.ProcessIdentity;
import dev.heddle.local.SystemState;
import java.util.Locale;

/** What runs where, as a table. */
final class SystemTable {

  private SystemTable() {}

  static void print(Terminal terminal, SystemState state) {
    Table table = new Table("PART", "STATE", "PROCESS", "ADDRESS", "RESTARTS", "LOG");
    table.row(
        "launcher",
        state.supervised() ? state.phase().name().toLowerCase(Locale.ROOT) : "dead",
        Long.toString(state.launcher().pid()),
        "",
        "",
        "");
    for (SystemState.Part part : state.parts()) {
      table.row(
          part.name(),
          condition(part),
          part.process() == null ? "-" : Long.toString(part.process().pid()),
          (part.name().equals("postgresql") || part.name().equals("kafka") ? "" : "http://")
              + "127.0.0.1:"
              + part.port(),
          Integer.toString(part.restarts()),
          part.log());
    }
    table.print(terminal);
    for (SystemState.Part part : state.parts()) {
      if (condition(part).equals("suspended")) {
        terminal.line(
            "! "
                + part.name()
                + " was stopped by a signal; SIGCONT lets it go on, SIGKILL has it"
                + " started again");
      }
      if (part.lastEnd() != null) {
        terminal.line("! " + part.name() + " " + part.lastEnd());
      }
    }
  }

  static String condition(SystemState.Part part) {
    ProcessIdentity process = part.process();
    boolean running = process != null && process.alive();
    boolean claimed =
        part.condition() == SystemState.Condition.READY
            || part.condition() == SystemState.Condition.STARTING;
    if (process != null && running && process.suspended()) {
      return "suspended";
    }
    return claimed && !running ? "dead" : part.condition().name().toLowerCase(Locale.ROOT);
  }

  static void printAddresses(
      Terminal terminal, HeddleHome home, SystemState state, boolean detached) {
    terminal.line("  API     " + state.url() + "/api");
    terminal.line("  token   " + home.token());
    terminal.line("  logs    " + home.logs() + "  (heddle logs SERVICE -f)");
    terminal.line("  stop    " + (detached ? "heddle down" : "Ctrl-C, or heddle down"));
  }
}
