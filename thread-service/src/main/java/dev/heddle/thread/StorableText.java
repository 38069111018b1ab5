package dev.heddle.thread;

import dev.heddle.rest.ProblemException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What text must be to be kept: PostgreSQL refuses U+0000, and an unpaired surrogate has no UTF-8.
 */
public final class StorableText {

  private static final char REPLACEMENT = '\uFFFD';

  private static final String ESCAPED_NUL = "\\u0000";
  private static final String ESCAPED_REPLACEMENT = "\\ufffd";

  private StorableText() {}

  /**
   * Refuses text of a client that could not be stored as it is.
   *
   * @param field its name in the request, for the message
   */
  public static String require(String field, String text) {
    int at = nextUnstorable(text, 0);
    if (at >= 0) {
      throw new ProblemException(
          ThreadError.INVALID_TEXT,
          field
              + " holds the character U+%04X at position %d, which is no text; remove it"
                  .formatted((int) text.charAt(at), at));
    }
    return text;
  }

  /**
   * Replaces what cannot be stored in text that an engine wrote, which nobody can be asked about.
   */
  public static String clean(String text) {
    int at = nextUnstorable(text, 0);
    if (at < 0) {
      return text;
    }
    StringBuilder cleaned = new StringBuilder(text);
    for (; at >= 0; at = nextUnstorable(text, at + 1)) {
      cleaned.setCharAt(at, REPLACEMENT);
    }
    return cleaned.toString();
  }

  /** The beginning of a text, at most so many bytes in UTF-8, and no half character. */
  public static String cut(String text, int maxBytes) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= maxBytes) {
      return text;
    }
    int end = maxBytes;
    while (end > 0 && (bytes[end] & 0xC0) == 0x80) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }

  /** As {@link #clean}, for what may be absent. */
  public static @Nullable String cleanOrNull(@Nullable String text) {
    return text == null ? null : clean(text);
  }

  /**
   * As {@link #clean}, for JSON, in which U+0000 may stand as an escape that the database refuses
   * too.
   */
  public static String cleanJson(String json) {
    String text = clean(json);
    int at = text.indexOf(ESCAPED_NUL);
    if (at < 0) {
      return text;
    }
    StringBuilder cleaned = new StringBuilder(text);
    for (; at >= 0; at = text.indexOf(ESCAPED_NUL, at + 1)) {
      if (!isEscaped(text, at)) {
        cleaned.replace(at, at + ESCAPED_NUL.length(), ESCAPED_REPLACEMENT);
      }
    }
    return cleaned.toString();
  }

  /** Whether the backslash at a place is the second of a pair, and so text itself. */
  private static boolean isEscaped(String json, int at) {
    int before = at;
    while (before > 0 && json.charAt(before - 1) == '\\') {
      before--;
    }
    return (at - before) % 2 == 1;
  }

  private static int nextUnstorable(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        return i;
      }
      if (Character.isSurrogate(c)) {
        if (i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1))) {
          i++;
        } else {
          return i;
        }
      }
    }
    return -1;
  }
}
