package dev.heddle.thread.approval;

/**
 * Patterns of rules: {@code *} stands for any text, also none and across lines, {@code ?} for one
 * character, and a backslash takes the character after it as it is. All else stands for itself, in
 * its case, and a pattern matches a whole text. The time is at most the product of both lengths,
 * whatever the pattern; so there is nothing to blow up.
 */
final class Glob {

  private Glob() {}

  /** Whether the pattern matches the whole text. */
  static boolean matches(String pattern, String text) {
    int p = 0;
    int t = 0;
    int star = -1;
    int resume = 0;
    while (t < text.length()) {
      int literal = p < pattern.length() && isEscape(pattern, p) ? p + 1 : p;
      boolean any = p < pattern.length() && literal == p && pattern.charAt(p) == '*';
      boolean one =
          p < pattern.length()
              && !any
              && ((literal == p && pattern.charAt(p) == '?')
                  || pattern.charAt(literal) == text.charAt(t));
      if (any) {
        star = ++p;
        resume = t;
      } else if (one) {
        p = literal + 1;
        t++;
      } else if (star >= 0) {
        // Only the last star need take more: what an earlier one takes could as well be its.
        p = star;
        t = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  /** The pattern that matches this text and nothing else. */
  static String exactly(String text) {
    return text.replaceAll("([\\\\*?])", "\\\\$1");
  }

  private static boolean isEscape(String pattern, int at) {
    return pattern.charAt(at) == '\\' && at + 1 < pattern.length();
  }
}
