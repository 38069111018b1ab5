package dev.heddle.thread.search;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What is looked for: each word by its beginning, in any case and any order, and all of them.
 *
 * @param words letters and digits only, in lower case
 */
public record SearchWords(List<String> words) {

  /** Of more words than that the rest is not looked for. */
  private static final int MOST = 16;

  private static final int LONGEST = 64;

  public SearchWords {
    words = List.copyOf(words);
  }

  /** Takes a text apart as the index does: at whatever is no letter or digit. */
  public static SearchWords of(String text) {
    return new SearchWords(
        Arrays.stream(text.split("[^\\p{IsAlphabetic}\\p{IsDigit}]+"))
            .filter(word -> !word.isEmpty())
            .map(word -> word.toLowerCase(Locale.ROOT))
            .map(word -> word.substring(0, word.offsetByCodePoints(0, lengthOf(word))))
            .distinct()
            .limit(MOST)
            .toList());
  }

  private static int lengthOf(String word) {
    return Math.min(LONGEST, word.codePointCount(0, word.length()));
  }

  /** Whether there is nothing to look for, so that nothing is found. */
  public boolean isEmpty() {
    return words.isEmpty();
  }

  /** As {@code to_tsquery} of PostgreSQL reads it. */
  public String tsquery() {
    return words.stream().map(word -> "'" + word + "':*").collect(Collectors.joining(" & "));
  }
}
