package dev.heddle.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.SessionFact.TitleSuggested;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TitlesTest {

  private final List<String> told = new ArrayList<>();
  private final Titles titles = new Titles(fact -> told.add(fact.title()));

  @Test
  void aNameIsToldOnceAndEachNewOneAgain() {
    titles.suggest("Mend the build");
    titles.suggest("Mend the build");
    titles.suggest("Mend the tests");
    titles.suggest("Mend the build");
    assertThat(told).containsExactly("Mend the build", "Mend the tests", "Mend the build");
  }

  @Test
  void aNameIsOneLineThatFits() {
    titles.suggest("  Mend\n\tthe\u0000 build ");
    titles.suggest("x".repeat(Titles.LIMIT - 1) + "\uD83D\uDE00");
    assertThat(told)
        .containsExactly("Mend the build", "x".repeat(Titles.LIMIT - 1))
        .allSatisfy(title -> assertThat(new TitleSuggested(title).title()).isEqualTo(title));
  }

  @Test
  void whatIsNoNameIsLeftOut() {
    titles.suggest("");
    titles.suggest(" \n ");
    assertThat(told).isEmpty();
  }
}
