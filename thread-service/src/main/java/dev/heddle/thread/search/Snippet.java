package dev.heddle.thread.search;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The part of a text in which what was looked for stands.
 *
 * @param text one line, with {@code …} where more of the text stands
 * @param marks where in it the words are, in order
 */
record Snippet(String text, List<Mark> marks) {

  /**
   * A word that was looked for.
   *
   * @param from the place of its first character, in UTF-16 units as JavaScript counts them
   * @param to the place after the last one
   */
  record Mark(int from, int to) {}

  private static final int BEFORE = 60;
  private static final int LENGTH = 200;
  private static final String MORE = "…";

  Snippet {
    marks = List.copyOf(marks);
  }

  /** The surroundings of the first word; the beginning where none is to be seen. */
  static Snippet of(String whole, SearchWords wanted) {
    Pattern pattern = pattern(wanted);
    Matcher first = pattern.matcher(whole);
    int found = first.find() ? first.start() : 0;
    int from = found <= BEFORE ? 0 : boundary(whole, found - BEFORE);
    int to = Math.min(whole.length(), boundary(whole, Math.min(whole.length(), from + LENGTH)));
    String part = whole.substring(from, to).replaceAll("[\\s\\p{Cntrl}]", " ");
    String text = (from > 0 ? MORE : "") + part + (to < whole.length() ? MORE : "");
    List<Mark> marks = new ArrayList<>();
    Matcher each = pattern.matcher(text);
    while (each.find()) {
      marks.add(new Mark(each.start(), each.end()));
    }
    return new Snippet(text, marks);
  }

  /** A place that does not cut a character in two. */
  private static int boundary(String text, int at) {
    boolean inside =
        at > 0
            && at < text.length()
            && Character.isLowSurrogate(text.charAt(at))
            && Character.isHighSurrogate(text.charAt(at - 1));
    return inside ? at - 1 : at;
  }

  private static Pattern pattern(SearchWords wanted) {
    String words = wanted.words().stream().map(Pattern::quote).collect(Collectors.joining("|"));
    return Pattern.compile(
        "(?<![\\p{IsAlphabetic}\\p{IsDigit}])(?:" + words + ")",
        Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
  }
}
