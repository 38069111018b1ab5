package dev.heddle.worker.workspace;

/** How much room a text takes in a record on the wire, which is JSON in UTF-8. */
final class JsonSize {

  private JsonSize() {}

  /** As much of its beginning as takes no more bytes. */
  static String fit(String text, int bytes) {
    int left = bytes;
    int end = 0;
    while (end < text.length()) {
      int point = text.codePointAt(end);
      left -= sizeOf(point);
      if (left < 0) {
        return text.substring(0, end);
      }
      end += Character.charCount(point);
    }
    return text;
  }

  static int sizeOf(String text) {
    return text.codePoints().map(JsonSize::sizeOf).sum();
  }

  private static int sizeOf(int point) {
    if (point == '"' || point == '\\' || point == '\n' || point == '\t' || point == '\r') {
      return 2;
    }
    if (point < 0x20) {
      return 6;
    }
    if (point < 0x80) {
      return 1;
    }
    if (point < 0x800) {
      return 2;
    }
    return point < 0x10000 ? 3 : 4;
  }
}
