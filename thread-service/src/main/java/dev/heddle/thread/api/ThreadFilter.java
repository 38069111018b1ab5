package dev.heddle.thread.api;

import dev.heddle.contracts.ProjectId;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.run.RunStatus;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which threads a list shows; null lets all pass.
 *
 * @param text a part of the title, in any case
 */
record ThreadFilter(
    @Nullable ProjectId project,
    @Nullable RunStatus status,
    @Nullable Boolean archived,
    @Nullable String text) {

  static @Nullable RunStatus status(@Nullable String text) {
    if (text == null) {
      return null;
    }
    return Arrays.stream(RunStatus.values())
        .filter(status -> status.wire().equals(text))
        .findFirst()
        .orElseThrow(() ->
            new ProblemException(
                ThreadError.INVALID_CHOICE,
                "status must be one of "
                    + Arrays.stream(RunStatus.values())
                        .map(RunStatus::wire)
                        .collect(Collectors.joining(", "))));
  }

  /** Archived threads are left out unless they are asked for. */
  static @Nullable Boolean archived(@Nullable String text) {
    return switch (text) {
      case null -> Boolean.FALSE;
      case "false" -> Boolean.FALSE;
      case "true" -> Boolean.TRUE;
      case "any" -> null;
      default ->
          throw new ProblemException(
              ThreadError.INVALID_CHOICE, "archived must be true, false or any");
    };
  }
}
