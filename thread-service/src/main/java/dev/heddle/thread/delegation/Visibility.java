package dev.heddle.thread.delegation;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether the list of threads shows one that works for another. */
public enum Visibility {
  LISTED,
  HIDDEN;

  /** The form in every API. */
  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Visibility of(@Nullable String text) {
    if (text == null) {
      return HIDDEN;
    }
    return Arrays.stream(values())
        .filter(choice -> choice.wire().equals(text))
        .findFirst()
        .orElseThrow(() ->
            new ProblemException(
                ThreadError.INVALID_CHOICE, "visibility must be listed or hidden"));
  }
}
