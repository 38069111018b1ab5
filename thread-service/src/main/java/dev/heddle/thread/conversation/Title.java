package dev.heddle.thread.conversation;

import dev.heddle.rest.ProblemException;
import dev.heddle.thread.StorableText;
import dev.heddle.thread.ThreadError;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;

/**
 * What a thread is called.
 *
 * @param text one line
 * @param custom whether a person chose it; such a one is never replaced by a derived one
 */
public record Title(String text, boolean custom) {

  private static final int MAX_CUSTOM = 200;
  private static final int MAX_DERIVED = 80;
  private static final int MAX_SLUG = 30;
  private static final String UNTITLED = "Untitled";

  /** Of a thread without a message. */
  public static Title untitled() {
    return new Title(UNTITLED, false);
  }

  /**
   * A title that a person chose.
   *
   * @throws ProblemException unless it is one line of 1 to 200 characters
   */
  public static Title chosen(String text) {
    String line = StorableText.require("title", text).strip();
    if (line.isEmpty()
        || line.length() > MAX_CUSTOM
        || line.chars().anyMatch(Character::isISOControl)) {
      throw new ProblemException(
          ThreadError.INVALID_TITLE,
          "title must be one line of 1 to " + MAX_CUSTOM + " characters");
    }
    return new Title(line, true);
  }

  /** The first line of a message that says something, cut at 80 characters. */
  public static Title of(String message) {
    String line =
        message
            .lines()
            .map(text -> text.replaceAll("\\p{Cntrl}+", " ").strip())
            .filter(text -> !text.isEmpty())
            .findFirst()
            .orElse(UNTITLED);
    if (line.codePointCount(0, line.length()) <= MAX_DERIVED) {
      return new Title(line, false);
    }
    int end = line.offsetByCodePoints(0, MAX_DERIVED - 1);
    return new Title(line.substring(0, end).stripTrailing() + "…", false);
  }

  /**
   * What an engine calls the conversation, cleaned and cut like the first line of a message; empty
   * where that says nothing.
   */
  public static Optional<Title> suggested(String text) {
    Title made = of(StorableText.clean(text));
    return made.equals(untitled()) ? Optional.empty() : Optional.of(made);
  }

  /** The title as a part of a branch name: at most 30 characters of {@code a-z 0-9 -}. */
  public String slug() {
    String plain = Normalizer.normalize(text, Normalizer.Form.NFD).replaceAll("\\p{M}+", "");
    String slug = plain.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-", "");
    String cut = slug.substring(0, Math.min(slug.length(), MAX_SLUG)).replaceAll("-$", "");
    return cut.isEmpty() ? "thread" : cut;
  }
}
