package dev.heddle.trace.changes;

import dev.heddle.rest.ProblemException;
import dev.heddle.rest.RestError;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Base64;

/**
 * How far a client is in all topics at once: for each partition the offset that comes next, and a
 * mark of each topic's id, since offsets of a topic that was made anew say nothing about the old
 * one. Mutable, and of one thread.
 */
final class ChangeCursor {

  /** Of the order and number of topics and partitions; another is of another version of Heddle. */
  private static final int LAYOUT = 2;

  private final int[] topics;
  private final long[] next;

  /**
   * @param topics a mark of the id of each topic
   * @param next by place, the offset that comes next
   */
  ChangeCursor(int[] topics, long[] next) {
    this.topics = topics;
    this.next = next;
  }

  ChangeCursor copy() {
    return new ChangeCursor(topics.clone(), next.clone());
  }

  int places() {
    return next.length;
  }

  long next(int place) {
    return next[place];
  }

  /** Passes everything before an offset. */
  void advance(int place, long offset) {
    next[place] = Math.max(next[place], offset);
  }

  /** Passes what another has passed. */
  void advance(ChangeCursor other) {
    for (int place = 0; place < next.length; place++) {
      advance(place, other.next[place]);
    }
  }

  /** Whether offsets of both mean the same. */
  boolean isOfTheSameTopics(ChangeCursor other) {
    return Arrays.equals(topics, other.topics) && next.length == other.next.length;
  }

  /** As the id of an event. */
  String text() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(LAYOUT);
      out.writeByte(topics.length);
      for (int topic : topics) {
        out.writeInt(topic);
      }
      out.writeByte(next.length);
      for (long offset : next) {
        writeVarint(out, offset);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
  }

  /**
   * Reads the id of an event.
   *
   * @throws ProblemException {@code bad_cursor} if it never was one
   */
  static ChangeCursor parse(String text) {
    try (DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(Base64.getUrlDecoder().decode(text)))) {
      if (in.readUnsignedByte() != LAYOUT) {
        return new ChangeCursor(new int[0], new long[0]);
      }
      int[] topics = new int[in.readUnsignedByte()];
      for (int i = 0; i < topics.length; i++) {
        topics[i] = in.readInt();
      }
      long[] next = new long[in.readUnsignedByte()];
      for (int i = 0; i < next.length; i++) {
        next[i] = readVarint(in);
      }
      if (in.read() >= 0) {
        throw bad();
      }
      return new ChangeCursor(topics, next);
    } catch (IllegalArgumentException | IOException e) {
      throw bad();
    }
  }

  private static void writeVarint(DataOutputStream out, long value) throws IOException {
    long rest = value;
    while (rest > 0x7f) {
      out.writeByte((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.writeByte((int) rest);
  }

  private static long readVarint(DataInputStream in) throws IOException {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int part = in.readUnsignedByte();
      value |= (long) (part & 0x7f) << shift;
      if (part < 0x80) {
        return value;
      }
    }
    throw bad();
  }

  private static ProblemException bad() {
    return new ProblemException(
        RestError.BAD_CURSOR,
        "The cursor is not one of ours; send the id of the last event, or none to begin now.");
  }
}
