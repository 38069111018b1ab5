package dev.heddle.thread.dispatch;

import dev.heddle.contracts.RepositoryAction;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.StorableText;
import dev.heddle.thread.ThreadError;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request for a commit.
 *
 * @param message of the commit, at most 16,384 characters
 */
record CommitRequest(
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "Count each item once")
        @Nullable String message) {

  private static final int MAX_MESSAGE = 16 * 1024;

  /**
   * Checks what a person sent.
   *
   * @throws ProblemException {@code invalid_commit} or {@code invalid_text}
   */
  RepositoryAction action() {
    if (message == null || message.isBlank() || message.length() > MAX_MESSAGE) {
      throw new ProblemException(
          ThreadError.INVALID_COMMIT,
          "message must be a text of 1 to " + MAX_MESSAGE + " characters");
    }
    return new RepositoryAction.Commit(StorableText.require("message", message));
  }
}
