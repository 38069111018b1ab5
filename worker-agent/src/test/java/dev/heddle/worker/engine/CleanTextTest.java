package dev.heddle.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CleanTextTest {

  @ParameterizedTest
  @ValueSource(strings = {"plain", "tab\there", "größer 日本 🧵", ""})
  void textStaysAsItIs(String text) {
    assertThat(clean(text)).isEqualTo(new CleanText(text, false, length(text)));
  }

  @Test
  void controlCharactersAreReplacedAndMarked() {
    assertThat(clean("a\0b\bc\u007fd\u0085e").text()).isEqualTo("a\uFFFDb\uFFFDc\uFFFDd\uFFFDe");
    assertThat(clean("\0").cleaned()).isTrue();
  }

  @Test
  void whatIsNoUtf8IsReplacedAndMarked() {
    byte[] bytes = {'a', (byte) 0xff, 'b', (byte) 0xc3, '(', (byte) 0xed, (byte) 0xa0, (byte) 0x80};

    CleanText clean = CleanText.of(bytes, bytes.length, true);

    assertThat(clean.text()).startsWith("a\uFFFDb\uFFFD(\uFFFD");
    assertThat(clean.cleaned()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u001b[31mred\u001b[0m",
        "\u001b[1;38;5;200mred",
        "\u001b]0;title\u0007red",
        "\u001b]8;;http://x\u001b\\red\u001b]8;;\u001b\\",
        "\u001b(Bred",
        "\u001b[2K\u001b[1Gred"
      })
  void escapeSequencesAreLeftOutUnmarked(String text) {
    assertThat(clean(text).text()).isEqualTo("red");
    assertThat(clean(text).cleaned()).isFalse();
  }

  @Test
  void aStrayEscapeSwallowsNothing() {
    assertThat(clean("a\u001b]never ended").text()).isEqualTo("a\uFFFD]never ended");
    assertThat(clean("a\u001b").text()).isEqualTo("a\uFFFD");
  }

  @Test
  void whatMayGoOnIsHeldBack() {
    byte[] half = {'a', (byte) 0xe6, (byte) 0x97};
    assertThat(CleanText.of(half, 3, false)).isEqualTo(new CleanText("a", false, 1));

    byte[] sequence = "b\u001b[3".getBytes(StandardCharsets.UTF_8);
    assertThat(CleanText.of(sequence, 4, false)).isEqualTo(new CleanText("b", false, 1));
  }

  @Test
  void aCharacterCutByASequenceIsReplaced() {
    byte[] bytes = {'a', (byte) 0xe6, 0x1b, '[', 'm'};

    assertThat(CleanText.of(bytes, 5, false)).isEqualTo(new CleanText("a\uFFFD", true, 5));
  }

  private static CleanText clean(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return CleanText.of(bytes, bytes.length, true);
  }

  private static int length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
