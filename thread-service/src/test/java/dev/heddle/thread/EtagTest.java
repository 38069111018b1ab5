package dev.heddle.thread;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EtagTest {

  @ParameterizedTest
  @ValueSource(strings = {"\"3\"", "*", "W/\"3\"", "\"2\", \"3\""})
  void theCurrentVersionMatches(String ifMatch) {
    assertThat(Etag.matches(ifMatch, 3)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"2\"", "", "3", "nonsense"})
  void anythingElseDoesNot(String ifMatch) {
    assertThat(Etag.matches(ifMatch, 3)).isFalse();
  }

  @Test
  void withoutAConditionEveryVersionMatches() {
    assertThat(Etag.matches(null, 3)).isTrue();
  }
}
