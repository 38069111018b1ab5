package dev.heddle.worker.engine;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes of a process as text that can be stored and shown anywhere.
 *
 * <p>What is no UTF-8, and every control character but the tab, becomes U+FFFD and is reported as
 * cleaned: PostgreSQL refuses NUL, and a browser has no use for the others. Terminal escape
 * sequences (ECMA-48 control sequences and strings) are left out and not reported, since they are
 * colours and cursor movements rather than text, and what would be left of them is noise.
 *
 * @param consumed how many of the bytes are in the text; the rest are the beginning of a character
 *     or of an escape sequence whose end is still to come
 */
public record CleanText(String text, boolean cleaned, int consumed) {

  private static final byte ESCAPE = 0x1b;
  private static final byte BELL = 0x07;
  private static final char REPLACEMENT = '\uFFFD';

  /** Longer ones are taken for text: a stray ESC must not swallow a page. */
  private static final int LONGEST_SEQUENCE = 1_024;

  /** In place of a length: the sequence goes on beyond the bytes. */
  private static final int UNFINISHED = -1;

  /** In place of a length: not a sequence after all. */
  private static final int NONE = 0;

  /** A whole text of several lines, whose ends become LF. */
  public static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      if (next == '\n' || next == '\r') {
        clean.append(line(text.substring(start, i))).append('\n');
        i += text.startsWith("\r\n", i) ? 1 : 0;
        start = i + 1;
      }
    }
    return clean.append(line(text.substring(start))).toString();
  }

  private static String line(String line) {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    return of(bytes, bytes.length, true).text();
  }

  /**
   * @param whole whether nothing follows; then all is consumed
   */
  static CleanText of(byte[] bytes, int length, boolean whole) {
    byte[] plain = new byte[length];
    int size = 0;
    int position = 0;
    int sequenceEnd = 0;
    while (position < length) {
      if (bytes[position] == ESCAPE) {
        int sequence = sequenceLength(bytes, position, length);
        if (sequence == UNFINISHED && !whole) {
          break;
        }
        if (sequence > 0) {
          position += sequence;
          sequenceEnd = position;
          continue;
        }
      }
      plain[size++] = bytes[position++];
    }
    return decode(Arrays.copyOf(plain, size), position, sequenceEnd, whole);
  }

  private static CleanText decode(byte[] bytes, int consumed, int sequenceEnd, boolean whole) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length + 1);
    boolean cleaned = false;
    while (true) {
      CoderResult result = decoder.decode(in, out, whole);
      if (result.isUnderflow()) {
        break;
      }
      in.position(in.position() + result.length());
      out.put(REPLACEMENT);
      cleaned = true;
    }
    int held = in.remaining();
    if (consumed - held < sequenceEnd) {
      // A character cannot go on behind an escape sequence.
      out.put(REPLACEMENT);
      cleaned = true;
      held = 0;
    }
    out.flip();
    StringBuilder text = new StringBuilder(out.length());
    for (int i = 0; i < out.length(); i++) {
      char c = out.charAt(i);
      if (Character.isISOControl(c) && c != '\t') {
        text.append(REPLACEMENT);
        cleaned = true;
      } else {
        text.append(c);
      }
    }
    return new CleanText(text.toString(), cleaned, consumed - held);
  }

  /** Length of the escape sequence that begins here. */
  private static int sequenceLength(byte[] bytes, int start, int length) {
    if (start + 1 == length) {
      return UNFINISHED;
    }
    byte kind = bytes[start + 1];
    int end = Math.min(length, start + LONGEST_SEQUENCE);
    boolean cut = end == length;
    if (kind == '[') {
      for (int i = start + 2; i < end; i++) {
        if (bytes[i] >= 0x40 && bytes[i] <= 0x7e) {
          return i + 1 - start;
        }
        if (bytes[i] < 0x20 || bytes[i] > 0x7e) {
          return NONE;
        }
      }
      return cut ? UNFINISHED : NONE;
    }
    if (kind == ']' || kind == 'P' || kind == 'X' || kind == '^' || kind == '_') {
      for (int i = start + 2; i < end; i++) {
        if (bytes[i] == BELL) {
          return i + 1 - start;
        }
        if (bytes[i] == ESCAPE && i + 1 < length && bytes[i + 1] == '\\') {
          return i + 2 - start;
        }
      }
      return cut ? UNFINISHED : NONE;
    }
    int i = start + 1;
    while (i < end && bytes[i] >= 0x20 && bytes[i] <= 0x2f) {
      i++;
    }
    if (i == end) {
      return cut ? UNFINISHED : NONE;
    }
    return bytes[i] >= 0x30 && bytes[i] <= 0x7e ? i + 1 - start : NONE;
  }
}
