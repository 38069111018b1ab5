package dev.heddle.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {

  @Test
  void partsComeBackAsTheyWentIn() {
    String cursor = Cursor.encode("2026-11-21T22:00:00Z", 42, "ü, \u0000 and | too", "");

    assertThat(cursor).matches("[A-Za-z0-9_-]+");
    assertThat(Cursor.decode(cursor))
        .containsExactly("2026-11-21T22:00:00Z", "42", "ü, \u0000 and | too", "");
    assertThat(Cursor.decode(cursor, 4)).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "!", "AAAA", "AAAAAg", "_____w", "AAAAAf8", "ä", "null"})
  void whatWeDidNotMakeIsRefused(String cursor) {
    assertThatThrownBy(() -> Cursor.decode(cursor))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.code()).isEqualTo(RestError.BAD_CURSOR));
  }

  @Test
  void cursorOfAnotherListIsRefused() {
    assertThatThrownBy(() -> Cursor.decode(Cursor.encode("a", "b"), 3))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.code()).isEqualTo(RestError.BAD_CURSOR));
  }

  @Test
  void hugeCursorIsRefusedUnread() {
    String huge = Base64.getUrlEncoder().encodeToString(new byte[2_000]);

    assertThatThrownBy(() -> Cursor.decode(huge)).isInstanceOf(ProblemException.class);
  }
}
