package dev.heddle.trace.log;

/**
 * A place in the trace log. All events of one timeline are in one partition, so that their order is
 * that of {@link #ordinal()}.
 *
 * @param epoch the number of the topic's incarnation; a topic that is made anew has a new one
 * @param offset -1 for the place before the first record
 */
public record LogPosition(int epoch, int partition, long offset) {

  /** 17 million million records per partition, and half a million epochs. */
  private static final int OFFSET_BITS = 44;

  private static final long OFFSET_MASK = (1L << OFFSET_BITS) - 1;

  public LogPosition {
    if (epoch < 0 || epoch >= 1 << 19) {
      throw new IllegalArgumentException("epoch out of range: " + epoch);
    }
    if (partition < 0) {
      throw new IllegalArgumentException("partition out of range: " + partition);
    }
    if (offset < -1 || offset > OFFSET_MASK) {
      throw new IllegalArgumentException("offset out of range: " + offset);
    }
  }

  /** One number that rises along the log, also from epoch to epoch. */
  public long ordinal() {
    return ordinal(epoch, offset);
  }

  /** The position of a stored ordinal, which is that of a record. */
  public static LogPosition of(long ordinal, int partition) {
    return new LogPosition((int) (ordinal >>> OFFSET_BITS), partition, ordinal & OFFSET_MASK);
  }

  /** The position right before an ordinal of the same epoch. */
  public static LogPosition before(int epoch, int partition, long ordinal) {
    return new LogPosition(epoch, partition, ordinal - ordinal(epoch, 0) - 1);
  }

  public static long ordinal(int epoch, long offset) {
    return ((long) epoch << OFFSET_BITS) + offset;
  }
}
