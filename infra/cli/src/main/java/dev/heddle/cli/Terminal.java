package dev.heddle.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Where a command writes. Colours, spinners and moving lines only where a person looks, and never
 * under {@code NO_COLOR}.
 */
final class Terminal {

  /** A way to show a piece of text. */
  enum Style {
    PLAIN(""),
    BOLD("1"),
    DIM("2"),
    RED("31"),
    GREEN("32"),
    YELLOW("33"),
    CYAN("36");

    private final String code;

    Style(String code) {
      this.code = code;
    }
  }

  private final PrintStream out;
  private final PrintStream err;
  private final boolean interactive;
  private final boolean colored;

  /**
   * Creates the view of a terminal.
   *
   * @param interactive whether a person looks at {@code out} right now
   */
  Terminal(PrintStream out, PrintStream err, boolean interactive, Map<String, String> environment) {
    this.out = out;
    this.err = err;
    this.interactive = interactive && !"dumb".equals(environment.get("TERM"));
    String noColor = environment.get("NO_COLOR");
    this.colored = this.interactive && (noColor == null || noColor.isEmpty());
  }

  boolean interactive() {
    return interactive;
  }

  boolean colored() {
    return colored;
  }

  PrintStream out() {
    return out;
  }

  /** The same output for those who want a writer. */
  PrintWriter writer() {
    return new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), true);
  }

  String style(Style style, String text) {
    return colored && style != Style.PLAIN ? "\033[" + style.code + "m" + text + "\033[0m" : text;
  }

  void line(String text) {
    out.println(text);
    out.flush();
  }

  void line(Style style, String text) {
    line(style(style, text));
  }

  void error(String text) {
    out.flush();
    err.println((colored ? "\033[31mheddle:\033[0m " : "heddle: ") + text);
    err.flush();
  }
}
