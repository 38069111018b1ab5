package dev.heddle.thread.repository;

import dev.heddle.contracts.PullRequest;
import dev.heddle.contracts.PullRequestState;
import dev.heddle.rest.Choice;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.StorableText;
import dev.heddle.thread.ThreadError;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The body of a link to a pull request.
 *
 * @param number its number in the repository
 * @param url where people see it, http or https
 * @param state {@code open} where nothing is said
 * @param draft whether it is a draft
 */
record PullRequestInput(
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable Integer number,
    @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            example = "https://git.example/shop/pull/7")
        @Nullable String url,
    @Schema(implementation = PullRequestState.class) @Nullable String state,
    @Nullable Boolean draft) {

  /**
   * Checks what a person sent.
   *
   * @throws ProblemException {@code invalid_pull_request} or {@code invalid_text}
   */
  PullRequest checked() {
    if (number == null || !PullRequestLink.isNumber(number)) {
      throw refused("number must be at least 1");
    }
    if (url == null || !PullRequestLink.isWeb(StorableText.require("url", url))) {
      throw refused(
          "url must be an http or https address without credentials of at most "
              + PullRequestLink.MAX_URL
              + " characters");
    }
    return new PullRequest(number, url, stateOf(), Boolean.TRUE.equals(draft));
  }

  private PullRequestState stateOf() {
    return Objects.requireNonNullElse(
        Choice.of(
            "state",
            state,
            PullRequestState.class,
            PullRequestState::wire,
            ThreadError.INVALID_PULL_REQUEST),
        PullRequestState.OPEN);
  }

  private static ProblemException refused(String why) {
    return new ProblemException(ThreadError.INVALID_PULL_REQUEST, why);
  }
}
