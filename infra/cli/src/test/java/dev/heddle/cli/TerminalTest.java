package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {

  @Test
  void coloursAreForPeopleWhoWantThem() {
    assertThat(styled(true, Map.of())).isEqualTo("\033[31mtext\033[0m");
    assertThat(styled(false, Map.of())).isEqualTo("text");
    assertThat(styled(true, Map.of("NO_COLOR", "1"))).isEqualTo("text");
    assertThat(styled(true, Map.of("NO_COLOR", ""))).startsWith("\033");
    assertThat(styled(true, Map.of("TERM", "dumb"))).isEqualTo("text");
  }

  private static String styled(boolean interactive, Map<String, String> environment) {
    PrintStream none = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    return new Terminal(none, none, interactive, environment).style(Terminal.Style.RED, "text");
  }
}
