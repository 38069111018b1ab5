package dev.heddle.worker.run;

import dev.heddle.contracts.SessionFact.TitleSuggested;
import java.util.function.Consumer;

/** What the engine of one run calls its conversation, each name once and on one line. */
final class Titles {

  /** In characters; people see less of it anyway. */
  static final int LIMIT = 200;

  private final Consumer<TitleSuggested> report;
  private String last = "";

  Titles(Consumer<TitleSuggested> report) {
    this.report = report;
  }

  synchronized void suggest(String title) {
    String line = title.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    String clipped = clip(line);
    if (!clipped.isEmpty() && !clipped.equals(last)) {
      last = clipped;
      report.accept(new TitleSuggested(clipped));
    }
  }

  /** Without half of a character at its end. */
  private static String clip(String line) {
    if (line.length() <= LIMIT) {
      return line;
    }
    int end = Character.isHighSurrogate(line.charAt(LIMIT - 1)) ? LIMIT - 1 : LIMIT;
    return line.substring(0, end).stripTrailing();
  }
}
