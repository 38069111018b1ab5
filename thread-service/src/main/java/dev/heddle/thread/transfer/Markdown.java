package dev.heddle.thread.transfer;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Foreign text in Markdown (CommonMark 0.31), such that it stays where it was put: in a fence
 * nothing ends the fence, in a quote nothing ends the quote, and no HTML of it becomes a tag.
 */
final class Markdown {

  private static final Pattern LINE_END = Pattern.compile("\\r\\n|\\r|\\n");
  private static final Pattern TICKS = Pattern.compile("`+");
  private static final Pattern SPECIAL = Pattern.compile("[\\\\`*_{}\\[\\]<>#|~!&]");
  private static final Pattern TAG = Pattern.compile("<(?=[A-Za-z/!?])");

  /** Only at the very beginning of a line, where no list can contain it and so end it early. */
  private static final Pattern OPENING = Pattern.compile("(`{3,})[^`]*|(~{3,}).*");

  private static final Pattern CLOSING = Pattern.compile(" {0,3}(`{3,}|~{3,})[ \\t]*");

  private Markdown() {}

  /** One line that means nothing but itself, such as a name in a sentence. */
  static String inline(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    return SPECIAL
        .matcher(line)
        .replaceAll(found -> "\\\\" + Matcher.quoteReplacement(found.group()));
  }

  /**
   * Text as it is, in a fence that is longer than any in it.
   *
   * @param language of the text; empty for none
   */
  static String fenced(String language, String text) {
    int longest =
        TICKS.matcher(text).results().mapToInt(run -> run.end() - run.start()).max().orElse(0);
    String fence = "`".repeat(Math.max(3, longest + 1));
    String body = LINE_END.matcher(text).replaceAll("\n");
    return fence + language + "\n" + body + (body.endsWith("\n") ? "" : "\n") + fence + "\n";
  }

  /** Markdown of somebody else, as a quote; outside of its own fences it has no tags. */
  static String quoted(String text) {
    StringBuilder quote = new StringBuilder();
    String fence = "";
    for (String line : LINE_END.split(text, -1)) {
      if (fence.isEmpty()) {
        Matcher opening = OPENING.matcher(line);
        if (opening.matches()) {
          fence = opening.group(1) == null ? opening.group(2) : opening.group(1);
        }
      } else if (closes(line, fence)) {
        quote.append("> ").append(line).append('\n');
        fence = "";
        continue;
      }
      String safe = fence.isEmpty() ? TAG.matcher(line).replaceAll("\\\\<") : line;
      quote.append(safe.isBlank() ? ">" : "> " + safe).append('\n');
    }
    return quote.toString();
  }

  private static boolean closes(String line, String fence) {
    Matcher closing = CLOSING.matcher(line);
    return closing.matches() && closing.group(1).startsWith(fence);
  }
}
