package dev.heddle.trace.log;

import dev.heddle.rest.Cursor;
import dev.heddle.rest.ProblemException;
import dev.heddle.rest.RestError;
import java.util.List;

/** A position in the log as clients hold it: opaque, and given back to continue after it. */
public final class PositionCursor {

  private PositionCursor() {}

  public static String of(LogPosition position) {
    return Cursor.encode(position.epoch(), position.partition(), position.offset());
  }

  /**
   * The position that was given out.
   *
   * @throws ProblemException {@code bad_cursor} where it never was
   */
  public static LogPosition parse(String cursor) {
    List<String> parts = Cursor.decode(cursor, 3);
    try {
      return new LogPosition(
          Integer.parseInt(parts.get(0)),
          Integer.parseInt(parts.get(1)),
          Long.parseLong(parts.get(2)));
    } catch (IllegalArgumentException e) {
      throw new ProblemException(RestError.BAD_CURSOR, "The cursor is not the id of an event.", e);
    }
  }
}
