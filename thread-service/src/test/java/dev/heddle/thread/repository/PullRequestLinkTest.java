package dev.heddle.thread.repository;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PullRequestLinkTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/shop/pull/7",
        "javascript:alert(1)",
        "ftp://git.example/7",
        "https:///7",
        "https://ada:secret@git.example/7",
        "https://git.example/a b"
      })
  void whatLeadsToNoWebPageIsNone(String url) {
    assertThat(PullRequestLink.isWeb(url)).isFalse();
  }

  @Test
  void aWebPageIsLinkedByItsNumberAndAnAddressThatIsNotTooLong() {
    String url = "https://git.example/";
    assertThat(PullRequestLink.isWeb(url + "p".repeat(PullRequestLink.MAX_URL - url.length())))
        .isTrue();
    assertThat(PullRequestLink.isWeb(url + "p".repeat(PullRequestLink.MAX_URL))).isFalse();
    assertThat(PullRequestLink.isNumber(1)).isTrue();
    assertThat(PullRequestLink.isNumber(0)).isFalse();
  }
}
