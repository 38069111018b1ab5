package dev.heddle.thread.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.thread.search.Snippet.Mark;
import org.junit.jupiter.api.Test;

class SnippetTest {

  private static Snippet of(String text, String words) {
    return Snippet.of(text, SearchWords.of(words));
  }

  @Test
  void aShortTextIsShownWholeOnOneLineWithItsWordsMarked() {
    Snippet snippet = of("Mend the\nroof, mending it well", "MEND roof");
    assertThat(snippet.text()).isEqualTo("Mend the roof, mending it well");
    assertThat(snippet.marks()).containsExactly(new Mark(0, 4), new Mark(9, 13), new Mark(15, 19));
  }

  @Test
  void aWordIsMarkedAtItsBeginningOnly() {
    assertThat(of("a basket", "ask").marks()).isEmpty();
  }

  @Test
  void theSurroundingsOfTheFirstWordAreCutOutOfALongText() {
    Snippet snippet = of("x ".repeat(500) + "needle" + " y".repeat(500), "needle");
    assertThat(snippet.text()).startsWith("…").endsWith("…").contains("needle").hasSize(202);
    Mark mark = snippet.marks().getFirst();
    assertThat(snippet.text().substring(mark.from(), mark.to())).isEqualTo("needle");
  }

  @Test
  void noCharacterIsCutInTwo() {
    String emoji = "\uD83D\uDE00";
    for (int shift = 0; shift < 2; shift++) {
      String text = "a".repeat(shift) + emoji.repeat(200) + " needle " + emoji.repeat(200);
      Snippet snippet = of(text, "needle");
      assertThat(snippet.text().codePoints())
          .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }
  }
}
