package dev.heddle.contracts;

import java.time.InstantSource;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Makes UUIDs of version 7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then a counter of
 * 12 bits and 62 random bits. Ids of one source rise strictly, also within a millisecond and when
 * the clock steps back (method 1 of section 6.2).
 */
public final class Ids {

  private static final int COUNTER_LIMIT = 1 << 12;

  private final InstantSource clock;
  private final RandomGenerator random;
  private long lastMillis = Long.MIN_VALUE;
  private int counter;

  /**
   * @param clock where the time comes from
   * @param random a source that cannot be predicted wherever an id must not be guessed
   */
  public Ids(InstantSource clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  /** The next id; never equal to an earlier one of this source, and greater than all of them. */
  public synchronized UUID next() {
    long now = clock.millis();
    if (now > lastMillis) {
      lastMillis = now;
      // Half of the range is left, so that a burst within one millisecond has room to count.
      counter = random.nextInt(COUNTER_LIMIT / 2);
    } else if (++counter == COUNTER_LIMIT) {
      lastMillis++;
      counter = 0;
    }
    long high = (lastMillis << 16) | 0x7000L | counter;
    long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }

  /**
   * Reads the canonical form of 36 characters, which {@link UUID#fromString} is too lenient about.
   *
   * @throws IllegalArgumentException on any other text
   */
  public static UUID parse(String text) {
    if (text.length() != 36) {
      throw new IllegalArgumentException("not an id: expected a UUID of 36 characters");
    }
    return UUID.fromString(text);
  }

  /** Unix milliseconds that a UUID of version 7 carries; the day of its partition. */
  public static long millisOf(UUID id) {
    return id.getMostSignificantBits() >>> 16;
  }
}
