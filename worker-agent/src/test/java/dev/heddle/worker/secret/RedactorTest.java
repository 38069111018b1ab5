package dev.heddle.worker.secret;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactorTest {

  @Test
  void namesStandInPlaceOfValues() {
    Redactor redactor = new Redactor(Map.of("KEY", "sk-123456", "TOKEN", "t0ken-abc"));

    assertThat(redactor.redact("use sk-123456 or t0ken-abc, sk-12345"))
        .isEqualTo("use [secret KEY] or [secret TOKEN], sk-12345");
  }

  @Test
  void theLongerOfTwoIsHiddenWhole() {
    Redactor redactor = new Redactor(Map.of("SHORT", "password", "LONG", "password-and-more"));

    assertThat(redactor.redact("password-and-more password"))
        .isEqualTo("[secret LONG] [secret SHORT]");
  }

  @Test
  void whatIsAddedIsHiddenWithTheRest() {
    Redactor redactor = new Redactor(Map.of("KEY", "sk-123456")).and("TOKEN", "sk-123456-longer");

    assertThat(redactor.redact("sk-123456 sk-123456-longer"))
        .isEqualTo("[secret KEY] [secret TOKEN]");
  }

  @Test
  void whatJsonEscapesIsHiddenToo() {
    Redactor redactor = new Redactor(Map.of("KEY", "a\"b\\c\nd-secret"));

    assertThat(redactor.redact("{\"text\":\"a\\\"b\\\\c\\nd-secret\"}"))
        .isEqualTo("{\"text\":\"[secret KEY]\"}");
    assertThat(redactor.redact("the line d-secret")).isEqualTo("the line [secret KEY]");
  }

  @Test
  void aWordIsNoSecret() {
    assertThat(new Redactor(Map.of("KEY", "running")).redact("running")).isEqualTo("running");
  }

  @Test
  void nothingIsHiddenWhereNothingIsKnown() {
    byte[] text = "sk-123456".getBytes(StandardCharsets.UTF_8);

    assertThat(Redactor.NONE.redact(text)).isSameAs(text);
    assertThat(Redactor.NONE.safeLength("sk-123456")).isEqualTo(9);
  }

  @Test
  void whatMayGoOnAsASecretIsNotSafe() {
    Redactor redactor = new Redactor(Map.of("A", "abcfoobar", "B", "barbazxyz"));

    assertThat(redactor.safeLength("some abc")).isEqualTo(5);
    assertThat(redactor.safeLength("some abd")).isEqualTo(8);
    // The end of the one may be the beginning of the other.
    assertThat(redactor.safeLength("some abcfoobar")).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aStreamShowsNoSecretHoweverItIsCut(long seed) throws IOException {
    Redactor redactor =
        new Redactor(Map.of("A", "abcdabce", "B", "abceabcd", "C", "päss-wörd", "D", "abcdabceab"));
    Random dice = new Random(seed);
    List<String> pieces =
        List.of("abcd", "abce", "ab", "päss-", "wörd", "ö", "\n", "x", "abcdabce");
    StringBuilder written = new StringBuilder();
    for (int i = 0; i < 2_000; i++) {
      written.append(pieces.get(dice.nextInt(pieces.size())));
    }
    byte[] bytes = written.toString().getBytes(StandardCharsets.UTF_8);
    InputStream cut =
        new ByteArrayInputStream(bytes) {
          @Override
          public int read(byte[] into, int offset, int length) {
            return super.read(into, offset, Math.min(length, 1 + dice.nextInt(7)));
          }
        };

    String shown = new String(redactor.redacted(cut).readAllBytes(), StandardCharsets.UTF_8);

    assertThat(shown).doesNotContain("abcdabce", "abceabcd", "päss-wörd");
    assertThat(shown).contains("[secret A]", "[secret B]", "[secret C]", "[secret D]", "ö\n");
  }

  @Test
  void aStreamHoldsNothingElseBack() throws IOException {
    Redactor redactor = new Redactor(Map.of("KEY", "sk-123456"));
    InputStream written =
        new InputStream() {
          private final String text = "name? sk-no";
          private int next;

          @Override
          public int read() {
            throw new AssertionError("one read for each part");
          }

          @Override
          public int read(byte[] into, int offset, int length) {
            if (next == text.length()) {
              return -1;
            }
            into[offset] = (byte) text.charAt(next++);
            return 1;
          }
        };
    byte[] into = new byte[100];
    StringBuilder shown = new StringBuilder();
    InputStream redacted = redactor.redacted(written);
    int length = redacted.read(into);
    assertThat(length).isEqualTo(1);
    while (length >= 0) {
      shown.append(new String(into, 0, length, StandardCharsets.UTF_8));
      length = redacted.read(into);
    }
    assertThat(shown).hasToString("name? sk-no");
  }
}
