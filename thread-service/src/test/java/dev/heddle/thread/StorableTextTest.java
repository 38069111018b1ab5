package dev.heddle.thread;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StorableTextTest {

  @Test
  void anEscapedNulIsReplacedAndWhatOnlyLooksLikeOneStays() {
    assertThat(StorableText.cleanJson("[\"a\\u0000b\"]")).isEqualTo("[\"a\\ufffdb\"]");
    assertThat(StorableText.cleanJson("[\"a\\\\u0000b\"]")).isEqualTo("[\"a\\\\u0000b\"]");
    assertThat(StorableText.cleanJson("[\"a\\\\\\u0000\"]")).isEqualTo("[\"a\\\\\\ufffd\"]");
    assertThat(StorableText.cleanJson("[\"\uD800\"]")).isEqualTo("[\"\uFFFD\"]");
  }

  @Test
  void textIsCutBetweenCharacters() {
    assertThat(StorableText.cut("abc", 3)).isEqualTo("abc");
    assertThat(StorableText.cut("abcd", 3)).isEqualTo("abc");
    assertThat(StorableText.cut("aä", 2)).isEqualTo("a");
    assertThat(StorableText.cut("a\uD83D\uDE00b", 4)).isEqualTo("a");
    assertThat(StorableText.cut("a\uD83D\uDE00b", 5)).isEqualTo("a\uD83D\uDE00");
    assertThat(StorableText.cut("ä", 0)).isEmpty();
  }
}
