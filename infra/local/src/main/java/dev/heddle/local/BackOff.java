package dev.heddle.local;

import java.time.Duration;

/**
 * How long a part that died waits for its next start: twice as long after each quick death, up to a
 * limit at which it is tried for ever. It is never given up, because what kills a part (a full
 * disk, a port that another program holds) is often mended by someone who does not know of it.
 */
final class BackOff {

  private static final Duration FIRST = Duration.ofMillis(500);
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final Duration STABLE = Duration.ofSeconds(30);

  /** From this many quick deaths in a row on, the person has to look. */
  private static final int MANY = 5;

  /** How often the reminder comes after the first one, in deaths: every ten minutes at the end. */
  private static final int REMINDER = 20;

  private final Duration first;
  private final Duration longest;
  private final Duration stable;
  private int quickDeaths;

  /** Half a second at first, half a minute in the end. */
  BackOff() {
    this(FIRST, LONGEST, STABLE);
  }

  /**
   * With other times.
   *
   * @param first the first pause
   * @param longest no pause is longer
   * @param stable who has lived this long has not died of its start: it begins anew
   */
  BackOff(Duration first, Duration longest, Duration stable) {
    this.first = first;
    this.longest = longest;
    this.stable = stable;
  }

  /** The pause before the next start of one that lived as long as this. */
  Duration died(Duration lived) {
    quickDeaths = lived.compareTo(stable) >= 0 ? 1 : quickDeaths + 1;
    // Beyond six doublings the limit is reached; without the bound the shift would overflow.
    Duration pause = first.multipliedBy(1L << Math.min(quickDeaths - 1, 6));
    return pause.compareTo(longest) > 0 ? longest : pause;
  }

  /** The pause that is not exceeded. */
  Duration longest() {
    return longest;
  }

  /** How often it died soon after its start, without a longer life in between. */
  int quickDeaths() {
    return quickDeaths;
  }

  /** Whether it is time to show what the part last wrote. */
  boolean alarming() {
    return quickDeaths >= MANY && (quickDeaths - MANY) % REMINDER == 0;
  }
}
