package dev.heddle.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OutputLinesTest {

  private record Part(String text, int part, boolean more, boolean cleaned) {}

  private final List<Part> parts = new ArrayList<>();
  private final List<Integer> sizes = new ArrayList<>();
  private final OutputLines lines =
      new OutputLines((text, part, more, cleaned, bytes) -> {
        parts.add(new Part(text, part, more, cleaned));
        sizes.add(bytes);
      });

  @Test
  void cutsAtEveryKindOfLineEnd() {
    feed("a\nb\r\nc\rd\n\ne");
    lines.end();

    assertThat(texts()).containsExactly("a", "b", "c", "d", "", "e");
    assertThat(parts).noneMatch(Part::more).noneMatch(Part::cleaned);
  }

  @Test
  void keepsALineTogetherAcrossReads() {
    feed("he");
    feed("llo\r");
    feed("\nworld");
    lines.end();

    assertThat(texts()).containsExactly("hello", "world");
  }

  @Test
  void aLineLongerThanAPartIsNumbered() {
    feed("x".repeat(OutputLines.PART_BYTES * 2 + 5) + "\nnext\n");

    assertThat(parts).extracting(Part::part).containsExactly(0, 1, 2, 0);
    assertThat(parts).extracting(Part::more).containsExactly(true, true, false, false);
    assertThat(parts.get(2).text()).isEqualTo("xxxxx");
  }

  @Test
  void aFlushedLineGoesOnAsTheNextPart() {
    feed("name? ");
    assertThat(lines.hasOpenPart()).isTrue();
    lines.flush();
    assertThat(lines.hasOpenPart()).isFalse();
    feed("ada\n");

    assertThat(parts)
        .containsExactly(new Part("name? ", 0, true, false), new Part("ada", 1, false, false));
  }

  @Test
  void aFlushedLineThatEndsThereIsClosed() {
    feed("done");
    lines.flush();
    lines.end();

    assertThat(parts)
        .containsExactly(new Part("done", 0, true, false), new Part("", 1, false, false));
  }

  @Test
  void aFlushNeverCutsACharacterOrAnEscapeSequence() {
    byte[] bytes = "é\u001b[31mü".getBytes(StandardCharsets.UTF_8);
    for (byte one : bytes) {
      lines.feed(new byte[] {one}, 1);
      lines.flush();
    }
    lines.end();

    assertThat(String.join("", texts())).isEqualTo("éü");
    assertThat(parts).noneMatch(Part::cleaned);
  }

  @Test
  void countsEveryByteOnce() {
    feed("ab\ncd\r\n\u001b[0me\n");
    lines.end();

    // The second half of CR LF is not counted; everything else is.
    assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(12);
  }

  @Test
  void whateverTheBytesAreTheTextIsClean() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      byte[] bytes = new byte[random.nextInt(70_000)];
      random.nextBytes(bytes);
      int position = 0;
      while (position < bytes.length) {
        int length = Math.min(bytes.length - position, 1 + random.nextInt(9_000));
        byte[] chunk = java.util.Arrays.copyOfRange(bytes, position, position + length);
        lines.feed(chunk, length);
        if (random.nextInt(4) == 0) {
          lines.flush();
        }
        position += length;
      }
      lines.end();
    }

    assertThat(parts).isNotEmpty();
    assertThat(texts())
        .allMatch(text ->
            text.chars().noneMatch(c -> Character.isISOControl(c) && c != '\t')
                && text.codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF));
  }

  private void feed(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    lines.feed(bytes, bytes.length);
  }

  private List<String> texts() {
    return parts.stream().map(Part::text).toList();
  }
}
