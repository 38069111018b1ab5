package dev.heddle.thread;

import dev.heddle.rest.ProblemException;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.jspecify.annotations.Nullable;

/** How many items a page of a list holds. */
public final class PageLimit {

  private static final int DEFAULT = 50;
  private static final int MAX = 200;

  /** Describes the query parameter. */
  @Target(ElementType.PARAMETER)
  @Retention(RetentionPolicy.RUNTIME)
  @Parameter(
      description = "How many items a page has at most.",
      schema = @Schema(type = "integer", minimum = "1", maximum = "200", defaultValue = "50"))
  public @interface Described {}

  private PageLimit() {}

  /**
   * How many to show.
   *
   * @param wanted by the client; null for the default of 50
   * @throws ProblemException {@code invalid_limit} unless it is between 1 and 200
   */
  public static int of(@Nullable Integer wanted) {
    if (wanted == null) {
      return DEFAULT;
    }
    if (wanted < 1 || wanted > MAX) {
      throw new ProblemException(ThreadError.INVALID_LIMIT, "limit must be between 1 and " + MAX);
    }
    return wanted;
  }
}
