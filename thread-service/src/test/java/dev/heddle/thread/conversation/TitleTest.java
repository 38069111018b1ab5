package dev.heddle.thread.conversation;

import static dev.heddle.thread.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.thread.ThreadError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TitleTest {

  @Test
  void theFirstLineThatSaysSomethingIsTheTitle() {
    assertThat(Title.of("\n  \t\n  Fix the\tlogin  \nand more"))
        .isEqualTo(new Title("Fix the login", false));
  }

  @Test
  void aLongLineIsCutAtEightyCharactersAndNotWithinOne() {
    assertThat(Title.of("a".repeat(80)).text()).isEqualTo("a".repeat(80));
    assertThat(Title.of("a".repeat(81)).text()).isEqualTo("a".repeat(79) + "…");
    assertThat(Title.of("🧵".repeat(100)).text()).isEqualTo("🧵".repeat(79) + "…");
  }

  @ParameterizedTest
  @CsvSource({
    "Fix the login page, fix-the-login-page",
    "Größe ändern: Übersicht, große-andern-ubersicht",
    "'  ../../etc/passwd  ', etc-passwd",
    "日本語, thread",
    "a title that is a good deal longer than thirty, a-title-that-is-a-good-deal-lo",
    "twenty-nine-characters-long-x y, twenty-nine-characters-long-x"
  })
  void aSlugIsFitForABranch(String title, String slug) {
    assertThat(new Title(title, true).slug()).isEqualTo(slug.replace("ß", "-"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "   ", "two\nlines", "bell\u0007"})
  void aChosenTitleIsOneLine(String title) {
    assertRefused(ThreadError.INVALID_TITLE, () -> Title.chosen(title));
  }

  @Test
  void aChosenTitleHasAtMost200Characters() {
    assertThat(Title.chosen(" " + "x".repeat(200))).isEqualTo(new Title("x".repeat(200), true));
    assertRefused(ThreadError.INVALID_TITLE, () -> Title.chosen("x".repeat(201)));
  }

  @Test
  void whatAnEngineSuggestsIsCleanedAndCutAndNeverCustom() {
    assertThat(Title.suggested("\n Mend\u0000 it \nat once"))
        .contains(new Title("Mend\uFFFD it", false));
    assertThat(Title.suggested("x".repeat(100)).orElseThrow().text()).hasSize(80).endsWith("…");
    assertThat(Title.suggested(" \n\t ")).isEmpty();
    assertThat(Title.suggested("")).isEmpty();
  }
}
