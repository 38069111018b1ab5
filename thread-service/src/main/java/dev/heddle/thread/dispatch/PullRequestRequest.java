package dev.heddle.thread.dispatch;

import dev.heddle.contracts.RepositoryAction;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.StorableText;
import dev.heddle.thread.ThreadError;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request to open a pull request.
 *
 * @param title one line of at most 256 characters
 * @param body Markdown of at most 32,768 characters; nothing where nothing is said
 * @param draft whether it is a draft; false where nothing is said
 * @param base the branch that it is to be merged into; the forge's default where nothing is said
 */
record PullRequestRequest(
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "Count each item once")
        @Nullable String title,
    @Nullable String body,
    @Nullable Boolean draft,
    @Nullable String base) {

  private static final int MAX_TITLE = 256;
  private static final int MAX_BODY = 32 * 1024;

  /**
   * Checks what a person sent.
   *
   * @throws ProblemException {@code invalid_pull_request} or {@code invalid_text}
   */
  RepositoryAction action() {
    if (title == null
        || title.isBlank()
        || title.length() > MAX_TITLE
        || title.chars().anyMatch(Character::isISOControl)) {
      throw refused("title must be one line of 1 to " + MAX_TITLE + " characters");
    }
    if (body != null && body.length() > MAX_BODY) {
      throw refused("body must be a text of at most " + MAX_BODY + " characters");
    }
    if (base != null
        && !base.matches("[^\\p{Cntrl}\\s~^:?*\\[\\\\-][^\\p{Cntrl}\\s~^:?*\\[\\\\]{0,254}")) {
      throw refused("base must be a branch as git names it");
    }
    return new RepositoryAction.OpenPullRequest(
        StorableText.require("title", title),
        body == null ? null : StorableText.require("body", body),
        Boolean.TRUE.equals(draft),
        base);
  }

  private static ProblemException refused(String why) {
    return new ProblemException(ThreadError.INVALID_PULL_REQUEST, why);
  }
}
