package dev.heddle.thread.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SearchWordsTest {

  @Test
  void aTextIsCutAtWhateverIsNoLetterOrDigit() {
    assertThat(SearchWords.of(" src/Main.java: snake_case, Ärger! ").words())
        .containsExactly("src", "main", "java", "snake", "case", "ärger");
  }

  @Test
  void whatPostgresqlWouldReadAsAnOperatorIsNone() {
    assertThat(SearchWords.of("a & !b | 'c':* <-> (d) \\").tsquery())
        .isEqualTo("'a':* & 'b':* & 'c':* & 'd':*");
  }

  @Test
  void aTextWithoutAWordFindsNothing() {
    assertThat(SearchWords.of("%_ …").isEmpty()).isTrue();
  }

  @Test
  void wordsAndTheirNumberAreLimited() {
    String many = IntStream.range(0, 100).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
    assertThat(SearchWords.of(many).words()).hasSize(16);
    assertThat(SearchWords.of("same Same SAME").words()).containsExactly("same");
    String long1 = "\uD835\uDC9C".repeat(100);
    assertThat(SearchWords.of(long1).words()).containsExactly("\uD835\uDC9C".repeat(64));
  }
}
