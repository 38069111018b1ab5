package dev.heddle.thread.budget;

import dev.heddle.contracts.ThreadChange;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.MergePatch;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.usage.Spent;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What may be spent. A limit that is null does not count.
 *
 * @param tokens input and output together
 * @param costUsd in US dollars, as far as engines tell it
 */
@Embeddable
public record Budget(
    @Column(name = "budget_tokens") @Nullable Long tokens,
    @Column(name = "budget_cost") @Nullable Double costUsd) {

  private static final long MAX_TOKENS = 1_000_000_000_000_000L;
  private static final double MAX_COST = 1_000_000_000;
  private static final Set<String> FIELDS = MergePatch.fieldsOf(Budget.class);

  /**
   * Checks what a person set.
   *
   * @return null where it limits nothing
   * @throws ProblemException {@code invalid_budget}
   */
  public static @Nullable Budget checked(@Nullable Budget wanted) {
    if (wanted == null || (wanted.tokens == null && wanted.costUsd == null)) {
      return null;
    }
    if (wanted.tokens != null && (wanted.tokens < 1 || wanted.tokens > MAX_TOKENS)) {
      throw new ProblemException(
          ThreadError.INVALID_BUDGET,
          "tokens must be between 1 and " + MAX_TOKENS + ", or null for no limit");
    }
    if (wanted.costUsd != null && !(wanted.costUsd > 0 && wanted.costUsd <= MAX_COST)) {
      throw new ProblemException(
          ThreadError.INVALID_BUDGET,
          "costUsd must be more than 0 and at most 1000000000, or null for no limit");
    }
    return wanted;
  }

  /**
   * What a budget becomes by the member {@code budget} of a patch.
   *
   * @throws ProblemException {@code invalid_budget}
   */
  public static @Nullable Budget patched(@Nullable Budget current, MergePatch patch) {
    if (!patch.has("budget")) {
      return current;
    }
    if (patch.resets("budget")) {
      return null;
    }
    MergePatch limits = patch.object("budget", FIELDS);
    if (limits == null) {
      return current;
    }
    return checked(
        new Budget(
            limits.wholeNumber("tokens", current == null ? null : current.tokens),
            limits.decimal("costUsd", current == null ? null : current.costUsd)));
  }

  /** Which limit is reached, in words such as {@code 12 of 10 tokens}; null where none is. */
  @Nullable String reachedBy(Spent spent) {
    if (tokens != null && spent.tokens() >= tokens) {
      return spent.tokens() + " of " + tokens + " tokens";
    }
    Double cost = spent.costUsd();
    if (costUsd != null && cost != null && cost >= costUsd) {
      return String.format(Locale.ROOT, "%.2f of %.2f US dollars", cost, costUsd);
    }
    return null;
  }

  /** As the feed tells it. */
  public ThreadChange.Budget told() {
    return new ThreadChange.Budget(tokens, costUsd);
  }
}
