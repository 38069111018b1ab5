package dev.heddle.trace.timeline;

/** The bounds of what one transcript item holds, in UTF-16 units. */
final class Texts {

  /** Of a message, whole or being written; an event on the wire holds no more. */
  static final int MESSAGE = 256 * 1024;

  /** Of what a process wrote outside any message; the raw events hold all of it. */
  static final int OUTPUT = 64 * 1024;

  /** Of each of a tool call's input, output and diff. */
  static final int TOOL = 64 * 1024;

  /** Of a notice, an error or a reason. */
  static final int NOTE = 16 * 1024;

  private Texts() {}

  /** The beginning of a text; a surrogate pair stays whole. */
  static String cut(String text, int limit) {
    if (text.length() <= limit) {
      return text;
    }
    boolean splitsPair = limit > 0 && Character.isHighSurrogate(text.charAt(limit - 1));
    return text.substring(0, splitsPair ? limit - 1 : limit);
  }
}
