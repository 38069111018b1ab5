package dev.heddle.trace.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.rest.ProblemException;
import java.util.Base64;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChangeCursorTest {

  private static ChangeCursor cursor(int topic, long... next) {
    return new ChangeCursor(new int[] {topic, -1}, next);
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    ChangeCursor written = cursor(Integer.MIN_VALUE, 0, 127, 128, 300_000, Long.MAX_VALUE);
    ChangeCursor read = ChangeCursor.parse(written.text());
    assertThat(read.isOfTheSameTopics(written)).isTrue();
    assertThat(LongStream.range(0, 5).map(place -> read.next((int) place)))
        .containsExactly(0L, 127L, 128L, 300_000L, Long.MAX_VALUE);
  }

  @Test
  void aTopicThatWasMadeAnewIsAnother() {
    assertThat(cursor(1, 0).isOfTheSameTopics(cursor(2, 0))).isFalse();
    assertThat(cursor(1, 0).isOfTheSameTopics(cursor(1, 0, 0))).isFalse();
  }

  @Test
  void aCursorOfAnotherLayoutIsReadAndFitsNothing() {
    String future =
        Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[] {9, 1, 2, 3, 4});
    assertThat(ChangeCursor.parse(future).isOfTheSameTopics(cursor(1, 0))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "!", "Ag", "AgJA", "3:77", "AgAAAA", "AgAABQ", "AgAB____________"})
  void nonsenseIsRefused(String text) {
    assertThatThrownBy(() -> ChangeCursor.parse(text)).isInstanceOf(ProblemException.class);
  }

  @Test
  void itNeverGoesBack() {
    ChangeCursor cursor = cursor(1, 5, 5);
    cursor.advance(0, 3);
    cursor.advance(cursor(1, 4, 9));
    assertThat(cursor.next(0)).isEqualTo(5);
    assertThat(cursor.next(1)).isEqualTo(9);
  }
}
