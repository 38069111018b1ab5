package dev.heddle.thread.approval;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "npm test|npm test|true",
        "npm test|npm test --all|false",
        "npm *|npm test|true",
        "npm *|npm|false",
        "*|''|true",
        "''|''|true",
        "''|a|false",
        "*test*|run the tests|true",
        "a?c|abc|true",
        "a?c|ac|false",
        "a\\*c|a*c|true",
        "a\\*c|abc|false",
        "a\\\\|a\\|true",
        "a\\|a\\|true",
        "*a*b|xaybz|false",
        "*a*b|xaybzb|true",
        "Bash|bash|false",
      })
  void aPatternMatchesTheWholeText(String pattern, String text, boolean matches) {
    assertThat(Glob.matches(pattern, text)).isEqualTo(matches);
  }

  @Test
  void aStarGoesAcrossLines() {
    assertThat(Glob.matches("a*z", "a\nb\nz")).isTrue();
  }

  @Test
  void whatIsTakenExactlyMatchesItselfAlone() {
    String text = "rm *.log? \\ [a-z]";
    assertThat(Glob.matches(Glob.exactly(text), text)).isTrue();
    assertThat(Glob.matches(Glob.exactly(text), "rm x.logs \\ [a-z]")).isFalse();
  }

  @Test
  void itAgreesWithRegularExpressions() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      String pattern = some(random, "ab*?", 6);
      String text = some(random, "ab", 8);
      String expression = pattern.replace("?", ".").replace("*", ".*");
      assertThat(Glob.matches(pattern, text))
          .as("%s over %s", pattern, text)
          .isEqualTo(Pattern.matches(expression, text));
    }
  }

  @Test
  @Timeout(20)
  void aHostilePatternCannotBlowUp() {
    String pattern = "*a".repeat(500) + "b";
    String text = "a".repeat(16_384);
    org.junit.jupiter.api.Assertions.assertTimeout(
        Duration.ofSeconds(10), () -> assertThat(Glob.matches(pattern, text)).isFalse());
  }

  private static String some(Random random, String alphabet, int most) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(most + 1);
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }
}
