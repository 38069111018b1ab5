package dev.heddle.thread.approval;

import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.StorableText;
import dev.heddle.thread.ThreadError;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Checks what is to become a rule. */
final class RuleInput {

  private static final int LONGEST_TOOL = 200;
  private static final int LONGEST_PATTERN = 1_000;

  private RuleInput() {}

  /**
   * A rule whose tool and pattern can be kept.
   *
   * @throws ProblemException {@code invalid_rule}, {@code invalid_text}
   */
  static Rule checked(
      UUID id,
      RuleScope scope,
      @Nullable ThreadId thread,
      @Nullable ProjectId project,
      @Nullable String user,
      String tool,
      String pattern,
      boolean allow,
      String by,
      Instant now) {
    return new Rule(
        id,
        scope,
        thread,
        project,
        user,
        text("tool", tool, LONGEST_TOOL),
        text("pattern", pattern, LONGEST_PATTERN),
        allow,
        by,
        now);
  }

  private static String text(String field, String text, int longest) {
    if (text.isEmpty() || text.length() > longest) {
      throw new ProblemException(
          ThreadError.INVALID_RULE,
          "%s must have 1 to %d characters; a * stands for any text".formatted(field, longest));
    }
    return StorableText.require(field, text);
  }
}
