package dev.heddle.worker.engine.wire;

import dev.heddle.worker.engine.CleanText;
import java.nio.charset.StandardCharsets;

/** Text that fits: cut between characters, with a mark of what is missing. */
public final class Bounded {

  /** How much of a cut text is its beginning; its end tells how it went. */
  private static final double HEAD = 0.6;

  private Bounded() {}

  /** The text, clean, with its middle left out where it is longer than that many bytes of UTF-8. */
  public static String text(String text, int bytes) {
    // What is left out needs no cleaning; a hostile text may be very long.
    int chars = 2 * bytes;
    String kept =
        text.length() <= 2 * chars
            ? text
            : whole(text.substring(0, chars), true)
                + whole(text.substring(text.length() - chars), false);
    String clean = CleanText.clean(kept);
    if (text.length() == kept.length() && length(clean) <= bytes) {
      return clean;
    }
    String mark = "\n[… %d characters left out …]\n".formatted(text.length());
    int room = bytes - length(mark);
    if (room <= 0) {
      return head(clean, bytes);
    }
    String head = head(clean, (int) (room * HEAD));
    String tail = tail(clean, room - length(head));
    int left = text.length() - head.length() - tail.length();
    return head + "\n[… %d characters left out …]\n".formatted(left) + tail;
  }

  /** One line for people, of at most that many characters. */
  public static String line(String text, int chars) {
    String start = text.length() <= 4 * chars ? text : whole(text.substring(0, 4 * chars), true);
    String line = CleanText.clean(start).replaceAll("\\s+", " ").strip();
    return line.length() <= chars ? line : whole(line.substring(0, chars - 1), true) + "…";
  }

  /** As much of the beginning as fits into that many bytes. */
  static String head(String text, int bytes) {
    int size = 0;
    int end = 0;
    while (end < text.length()) {
      int character = text.codePointAt(end);
      size += length(character);
      if (size > bytes) {
        break;
      }
      end += Character.charCount(character);
    }
    return text.substring(0, end);
  }

  private static String tail(String text, int bytes) {
    int size = 0;
    int start = text.length();
    while (start > 0) {
      int character = text.codePointBefore(start);
      size += length(character);
      if (size > bytes) {
        break;
      }
      start -= Character.charCount(character);
    }
    return text.substring(start);
  }

  /** Without half of a character where it was cut. */
  private static String whole(String cut, boolean atEnd) {
    if (cut.isEmpty()) {
      return cut;
    }
    if (atEnd && Character.isHighSurrogate(cut.charAt(cut.length() - 1))) {
      return cut.substring(0, cut.length() - 1);
    }
    return !atEnd && Character.isLowSurrogate(cut.charAt(0)) ? cut.substring(1) : cut;
  }

  /** In bytes of UTF-8. */
  static int length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static int length(int character) {
    return character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
  }
}
