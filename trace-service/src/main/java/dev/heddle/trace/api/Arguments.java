package dev.heddle.trace.api;

import dev.heddle.contracts.Ids;
import dev.heddle.rest.ProblemException;
import dev.heddle.rest.RestError;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads path and query arguments, and says what is wrong with them. */
public final class Arguments {

  private Arguments() {}

  /**
   * A thread or session id.
   *
   * @throws ProblemException {@code invalid_parameter} where it is no UUID
   */
  public static UUID id(String text) {
    try {
      return Ids.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(
              RestError.INVALID_PARAMETER, "The id must be a UUID of 36 characters.", e)
          .with("parameter", "id");
    }
  }

  /**
   * The size of a page.
   *
   * @throws ProblemException {@code invalid_parameter} where it is out of range
   */
  public static int limit(@Nullable Integer limit, int byDefault, int most) {
    if (limit == null) {
      return byDefault;
    }
    if (limit < 1 || limit > most) {
      throw new ProblemException(
              RestError.INVALID_PARAMETER, "The limit must be 1 to %d.".formatted(most))
          .with("parameter", "limit");
    }
    return limit;
  }

  /**
   * One of a few words; the first where there is none.
   *
   * @throws ProblemException {@code invalid_parameter} where it is another
   */
  public static String oneOf(String parameter, @Nullable String value, List<String> words) {
    if (value == null) {
      return words.getFirst();
    }
    if (!words.contains(value)) {
      throw new ProblemException(
              RestError.INVALID_PARAMETER,
              "The parameter %s must be one of: %s.".formatted(parameter, String.join(", ", words)))
          .with("parameter", parameter);
    }
    return value;
  }
}
