package dev.heddle.thread.api;

import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What becomes of the files of a workspace when another branch of the conversation is chosen. */
enum WithChanges {
  /** They stay as they are, and the chosen branch goes on with them. */
  CARRY,
  /**
   * They are kept as a checkpoint of the branch that is left; those of the chosen one come back.
   */
  STASH;

  /**
   * Reads the choice as it stands on the wire; null where nothing is said.
   *
   * @throws ProblemException {@code invalid_choice}
   */
  static @Nullable WithChanges of(@Nullable String text) {
    if (text == null) {
      return null;
    }
    return Arrays.stream(values())
        .filter(choice -> choice.wire().equals(text))
        .findFirst()
        .orElseThrow(() ->
            new ProblemException(
                ThreadError.INVALID_CHOICE,
                "changes must be one of "
                    + Arrays.stream(values())
                        .map(WithChanges::wire)
                        .collect(Collectors.joining(", "))));
  }

  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
