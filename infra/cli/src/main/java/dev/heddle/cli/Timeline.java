package dev.heddle.cli;

import dev.heddle.cli.Terminal.Style;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Shows the events of a run as a person follows them: phases dim, what the engine says plain. */
final class Timeline {

  private static final Set<String> DONE = Set.of("completed", "failed", "cancelled");

  private final Terminal terminal;
  private final Set<String> streamed = new HashSet<>();
  private boolean lineOpen;
  private String lastPhase = "";

  Timeline(Terminal terminal) {
    this.terminal = terminal;
  }

  /** True for the status that ends a session. */
  static boolean ends(JsonNode body) {
    return body.path("kind").asString("").equals("session.status")
        && DONE.contains(body.path("status").asString(""));
  }

  static boolean isDone(String status) {
    return DONE.contains(status);
  }

  void show(JsonNode event) {
    JsonNode body = event.path("body");
    switch (body.path("kind").asString("")) {
      case "session.status" -> status(body);
      case "session.phase" -> {
        // The worker reports a phase, and session-service repeats it once it has accepted it.
        String phase = phase(body);
        if (!phase.equals(lastPhase)) {
          label(phase);
        }
        lastPhase = phase;
      }
      case "engine.started" -> started(body);
      case "engine.output" -> output(body);
      case "engine.exited" ->
          label(
              "engine ended with exit code "
                  + body.path("exitCode").asInt()
                  + " after "
                  + Durations.human(body.path("durationMillis").asLong()));
      case "message" -> message(body);
      case "tool" ->
          label(
              "tool "
                  + body.path("title").asString(body.path("name").asString(""))
                  + " "
                  + body.path("status").asString(""));
      case "repository" ->
          label(
              "branch "
                  + body.path("branch").asString("")
                  + " at "
                  + shortened(body.path("head").asString(""), 10)
                  + ", "
                  + changes(body.path("changedFiles").asInt()));
      case "approval.requested" -> {
        endLine();
        terminal.line(
            Style.YELLOW,
            "? "
                + printable(body.path("title").asString("")).replace('\n', ' ')
                + " (approval "
                + body.path("approvalId").asString("")
                + ")");
      }
      case "approval.decided" ->
          label(
              printable(body.path("verdict").asString("") + " by " + body.path("by").asString("")));
      case "approval.delivered" -> {
        if (!body.path("applied").asBoolean(false)) {
          label(printable("the engine did not take it: " + body.path("reason").asString("")));
        }
      }
      case "approval.closed" ->
          label(
              printable(
                  (body.path("expired").asBoolean(false) ? "expired: " : "withdrawn: ")
                      + body.path("reason").asString("")));
      case "notice" -> label(body.path("text").asString(""));
      case "error" -> {
        endLine();
        terminal.line(
            Style.RED,
            "✗ "
                + body.path("failure").path("message").asString("")
                + " ("
                + body.path("failure").path("code").asString("")
                + ")");
      }
      case "usage" -> {
        // Shown with the thread, not in the middle of what an engine says.
      }
      default -> label(body.path("kind").asString("an event of a newer version"));
    }
  }

  /** A remark between the lines of the engine. */
  void label(String text) {
    endLine();
    terminal.line(Style.DIM, "· " + text);
  }

  private void status(JsonNode body) {
    endLine();
    lastPhase = "";
    String status = body.path("status").asString("");
    String reason = body.path("reason").asString("");
    String machine = body.path("machine").asString("");
    StringBuilder text = new StringBuilder(status);
    if (status.equals("claimed") && !machine.isEmpty()) {
      text.append(" by ").append(machine);
    }
    if (body.path("attempt").asInt(0) > 1) {
      text.append(", attempt ").append(body.path("attempt").asInt());
    }
    if (!reason.isEmpty()) {
      text.append(": ").append(reason);
    }
    switch (status) {
      case "completed" -> terminal.line(Style.GREEN, "✓ " + text);
      case "failed" -> terminal.line(Style.RED, "✗ " + text);
      case "cancelled" -> terminal.line(Style.YELLOW, "■ " + text);
      default -> terminal.line(Style.CYAN, "● " + text);
    }
  }

  private void started(JsonNode body) {
    String branch = body.path("branch").asString("");
    label(
        "engine "
            + body.path("engine").asString("")
            + (branch.isEmpty() ? "" : " on branch " + branch)
            + " in "
            + body.path("directory").asString(""));
  }

  private void output(JsonNode body) {
    String message = body.path("messageId").asString("");
    if (!message.isEmpty()) {
      streamed.add(message);
    }
    boolean error = body.path("stream").asString("").equals("stderr");
    Style style = error ? Style.YELLOW : Style.PLAIN;
    if (body.path("part").asInt(0) == 0) {
      endLine();
      terminal.out().print(terminal.style(Style.DIM, error ? "! " : "│ "));
    }
    terminal.out().print(terminal.style(style, printable(body.path("text").asString(""))));
    lineOpen = true;
    if (!body.path("more").asBoolean(false)) {
      endLine();
    }
    terminal.out().flush();
  }

  private void message(JsonNode body) {
    String role = body.path("role").asString("");
    if (streamed.contains(body.path("messageId").asString(""))) {
      return;
    }
    endLine();
    terminal.line(Style.BOLD, role.equals("user") ? "you" : role);
    printable(body.path("text").asString("")).lines().forEach(line -> terminal.line("  " + line));
  }

  private void endLine() {
    if (lineOpen) {
      terminal.out().println();
      lineOpen = false;
    }
  }

  /** What an engine prints must not steer the terminal of the person who watches it. */
  static String printable(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .forEach(point -> {
          boolean control = Character.isISOControl(point) && point != '\n' && point != '\t';
          clean.appendCodePoint(control ? '\uFFFD' : point);
        });
    return clean.toString();
  }

  private static String phase(JsonNode body) {
    String detail = body.path("detail").asString("");
    String phase =
        switch (body.path("phase").asString("")) {
          case "preparing" -> "preparing the workspace";
          case "starting" -> "starting the engine";
          default -> body.path("phase").asString("");
        };
    return detail.isEmpty() ? phase : phase + " (" + detail + ")";
  }

  private static String changes(int files) {
    return switch (files) {
      case 0 -> "nothing uncommitted";
      case 1 -> "1 file uncommitted";
      default -> files + " files uncommitted";
    };
  }

  private static String shortened(String text, int length) {
    return text.length() <= length ? text : text.substring(0, length);
  }
}
