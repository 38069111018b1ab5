package dev.heddle.thread.repository;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** What a link to a pull request must be, whoever made it. */
final class PullRequestLink {

  static final int MAX_URL = 2048;

  private PullRequestLink() {}

  static boolean isNumber(int number) {
    return number >= 1;
  }

  /** Others click on it, so it must lead to a web page and hold no credentials. */
  static boolean isWeb(@Nullable String url) {
    if (url == null || url.length() > MAX_URL) {
      return false;
    }
    try {
      URI uri = URI.create(url);
      return uri.getHost() != null
          && uri.getUserInfo() == null
          && ("https".equalsIgnoreCase(uri.getScheme())
              || "http".equalsIgnoreCase(uri.getScheme()));
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }
}
