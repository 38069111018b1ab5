package dev.heddle.worker.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BoundedTest {

  @Test
  void whatFitsStaysAsItIs() {
    assertThat(Bounded.text("größer\n日本 🧵\n", 100)).isEqualTo("größer\n日本 🧵\n");
  }

  @Test
  void whatDoesNotFitLosesItsMiddleAndSaysHowMuch() {
    String text = "a".repeat(5_000) + "m".repeat(5_000_000) + "z".repeat(5_000);

    String cut = Bounded.text(text, 1_000);

    assertThat(Bounded.length(cut)).isBetween(950, 1_000);
    assertThat(cut).startsWith("aaa").endsWith("zzz").doesNotContain("m");
    int kept = (int) cut.chars().filter(c -> c == 'a' || c == 'z').count() - "characters".length();
    assertThat(cut).containsPattern("\n\\[… \\d+ characters left out …]\n");
    assertThat(text.length() - kept).isBetween(5_008_000, 5_010_000);
  }

  @Test
  void itIsCutBetweenCharacters() {
    for (int length = 60; length < 80; length++) {
      String cut = Bounded.text("🧵".repeat(100), length);

      assertThat(cut).doesNotContain("?").doesNotContain("\uFFFD");
      assertThat(Bounded.length(cut)).isLessThanOrEqualTo(length);
    }
  }

  @Test
  void itIsCleanOnTheWay() {
    assertThat(Bounded.text("a\0b\u001b[31mred\u001b[0m\r\nnext\rlast", 100))
        .isEqualTo("a\uFFFDbred\nnext\nlast");
    assertThat(Bounded.text("lone \ud83e surrogate", 100)).isEqualTo("lone ? surrogate");
  }

  @Test
  void aTitleIsOneLine() {
    assertThat(Bounded.line("  make\n\n\ttest  ", 20)).isEqualTo("make test");
    assertThat(Bounded.line("x".repeat(30), 20)).isEqualTo("x".repeat(19) + "…");
    assertThat(Bounded.line("x".repeat(18) + "🧵🧵", 20)).isEqualTo("x".repeat(18) + "…");
  }
}
