package dev.heddle.rest;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * An opaque place in a list: the sort key of the last row that the client has seen. It carries no
 * secret and no signature; whoever reads one must treat its parts as client input.
 */
public final class Cursor {
  private static final int LONGEST = 2_048;

  private Cursor() {}

  /** Packs the parts, in order, into URL-safe text. Each part travels as its string form. */
  public static String encode(Object... parts) {
    ByteBuffer packed = ByteBuffer.allocate(0);
    for (Object part : parts) {
      byte[] bytes = part.toString().getBytes(StandardCharsets.UTF_8);
      packed =
          ByteBuffer.allocate(packed.capacity() + Integer.BYTES + bytes.length)
              .put(packed.array())
              .putInt(bytes.length)
              .put(bytes);
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(packed.array());
  }

  /**
   * The parts that were packed.
   *
   * @throws ProblemException {@code bad_cursor} if this was not made by {@link #encode}
   */
  public static List<String> decode(String cursor) {
    if (cursor.isEmpty() || cursor.length() > LONGEST) {
      throw bad();
    }
    try {
      ByteBuffer packed = ByteBuffer.wrap(Base64.getUrlDecoder().decode(cursor));
      List<String> parts = new ArrayList<>();
      while (packed.hasRemaining()) {
        if (packed.remaining() < Integer.BYTES) {
          throw bad();
        }
        int length = packed.getInt();
        if (length < 0 || length > packed.remaining()) {
          throw bad();
        }
        parts.add(
            StandardCharsets.UTF_8
                .newDecoder()
                .decode(packed.slice(packed.position(), length))
                .toString());
        packed.position(packed.position() + length);
      }
      return List.copyOf(parts);
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw bad();
    }
  }

  /**
   * The parts that were packed, if there are as many as this operation writes.
   *
   * @throws ProblemException {@code bad_cursor} otherwise
   */
  public static List<String> decode(String cursor, int parts) {
    List<String> decoded = decode(cursor);
    if (decoded.size() != parts) {
      throw bad();
    }
    return decoded;
  }

  private static ProblemException bad() {
    return new ProblemException(
        RestError.BAD_CURSOR,
        "The cursor is not one of ours; send nextCursor of the last page, or none to start again.");
  }
}
