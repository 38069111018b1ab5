package dev.heddle.thread.repository;

import dev.heddle.contracts.PullRequest;
import dev.heddle.contracts.PullRequestState;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.StorableText;
import dev.heddle.thread.ThreadError;
import io.swagger.v3.oas.annotations.media.Schema;
import java.net.URI;
import java.util.Arrays;
import java.util.stream.Collectors;
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

  private static final int MAX_URL = 2048;

  /**
   * Checks what a person sent.
   *
   * @throws ProblemException {@code invalid_pull_request} or {@code invalid_text}
   */
  PullRequest checked() {
    if (number == null || number < 1) {
      throw refused("number must be at least 1");
    }
    if (url == null || url.length() > MAX_URL || !isWeb(StorableText.require("url", url))) {
      throw refused("url must be an http or https address of at most " + MAX_URL + " characters");
    }
    return new PullRequest(number, url, stateOf(), Boolean.TRUE.equals(draft));
  }

  private PullRequestState stateOf() {
    if (state == null) {
      return PullRequestState.OPEN;
    }
    return Arrays.stream(PullRequestState.values())
        .filter(known -> known.wire().equals(state))
        .findFirst()
        .orElseThrow(() ->
            refused(
                "state must be one of "
                    + Arrays.stream(PullRequestState.values())
                        .map(PullRequestState::wire)
                        .collect(Collectors.joining(", "))));
  }

  /** Others click on it, so it must lead to a web page and hold no credentials. */
  private static boolean isWeb(String text) {
    try {
      URI uri = URI.create(text);
      return uri.getHost() != null
          && uri.getUserInfo() == null
          && ("https".equalsIgnoreCase(uri.getScheme())
              || "http".equalsIgnoreCase(uri.getScheme()));
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }

  private static ProblemException refused(String why) {
    return new ProblemException(ThreadError.INVALID_PULL_REQUEST, why);
  }
}
