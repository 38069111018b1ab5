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
}
