package dev.heddle.worker.engine;

import java.nio.charset.StandardCharsets;

/**
 * Collects the lines of a command into one message.
 *
 * <p>At most {@value #LIMIT_BYTES} bytes of UTF-8, so that the message is below 256 KiB on the wire
 * even where JSON doubles every character of it.
 */
public final class Answer {

  public static final int LIMIT_BYTES = 120 * 1024;

  private final StringBuilder text = new StringBuilder();
  private int bytes;
  private boolean truncated;

  public synchronized void add(String part, boolean lineEnds) {
    if (truncated) {
      return;
    }
    String added = lineEnds ? part + "\n" : part;
    int length = added.getBytes(StandardCharsets.UTF_8).length;
    if (bytes + length <= LIMIT_BYTES) {
      text.append(added);
      bytes += length;
      return;
    }
    // An end of line beyond the limit is no loss: the message does not end with one anyway.
    truncated = bytes + length - (lineEnds ? 1 : 0) > LIMIT_BYTES;
    for (int i = 0; i < part.length(); ) {
      int character = part.codePointAt(i);
      int size = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
      if (bytes + size > LIMIT_BYTES) {
        break;
      }
      text.appendCodePoint(character);
      bytes += size;
      i += Character.charCount(character);
    }
  }

  /** Without the line ends and blanks at its end. */
  public synchronized String text() {
    return text.toString().stripTrailing();
  }

  public synchronized boolean truncated() {
    return truncated;
  }
}
