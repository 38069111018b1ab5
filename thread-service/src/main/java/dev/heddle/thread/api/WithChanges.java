package dev.heddle.thread.api;

import dev.heddle.rest.Choice;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import java.util.Locale;
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
    return Choice.of(
        "changes", text, WithChanges.class, WithChanges::wire, ThreadError.INVALID_CHOICE);
  }

  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
