package dev.heddle.testkit;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Payloads that no consumer can read, whatever it expects; each is parked as {@code unreadable}.
 */
public enum Poison {
  BROKEN_JSON("{\"sessionId\": "),
  PLAIN_TEXT("hello"),
  JSON_NULL("null"),
  LIST("[{}]"),
  NUMBER("42"),
  EMPTY(""),
  NO_PAYLOAD((byte[]) null),
  INVALID_UTF8(new byte[] {'{', '"', (byte) 0xC3, 0x28, '"', ':', '1', '}'}),
  BINARY(new byte[] {0, 1, 2, (byte) 0xFF}),
  /** The largest that a topic takes, with room for its key. */
  OVERSIZED(filled(2 * 1024 * 1024));

  @SuppressWarnings("ImmutableEnumChecker") // only copies leave
  private final byte @Nullable [] payload;

  Poison(String text) {
    this(text.getBytes(StandardCharsets.UTF_8));
  }

  Poison(byte @Nullable [] payload) {
    this.payload = payload;
  }

  /** What to send as the value of a record. */
  public byte @Nullable [] payload() {
    return payload == null ? null : payload.clone();
  }

  private static byte[] filled(int size) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) 'x');
    return bytes;
  }
}
