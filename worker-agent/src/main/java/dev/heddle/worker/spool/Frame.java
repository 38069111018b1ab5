package dev.heddle.worker.spool;

import dev.heddle.contracts.Topic;
import dev.heddle.contracts.Topics;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One record in a spool file: length and CRC-32C of the body (4 bytes each), then the kind (1), the
 * length of the key (1), the key and the payload.
 */
final class Frame {

  /** What a record is; the code is on disk and never changes its meaning. */
  enum Kind {
    /** For the timeline. */
    TRACE('T', Topics.TRACE_EVENTS),
    /** A state-bearing fact. */
    FACT('F', Topics.SESSION_EVENTS),
    /** The fact that ends the attempt: sent when the broker has all before it. */
    LAST_FACT('L', Topics.SESSION_EVENTS);

    private final byte code;
    private final String topic;

    Kind(char code, Topic topic) {
      this.code = (byte) code;
      this.topic = topic.name();
    }

    String topic() {
      return topic;
    }

    private static @Nullable Kind of(byte code) {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      return null;
    }
  }

  private static final int HEADER = 8;

  private final Kind kind;
  private final String key;
  private final byte[] payload;

  Frame(Kind kind, String key, byte[] payload) {
    this.kind = kind;
    this.key = key;
    this.payload = payload;
  }

  Kind kind() {
    return kind;
  }

  String key() {
    return key;
  }

  byte[] payload() {
    return payload;
  }

  byte[] encoded() {
    byte[] name = key.getBytes(StandardCharsets.UTF_8);
    ByteBuffer frame = ByteBuffer.allocate(HEADER + 2 + name.length + payload.length);
    frame.position(HEADER);
    frame.put(kind.code).put((byte) name.length).put(name).put(payload);
    frame.putInt(0, frame.capacity() - HEADER).putInt(4, checksum(frame.array()));
    return frame.array();
  }

  int size() {
    return HEADER + 2 + key.getBytes(StandardCharsets.UTF_8).length + payload.length;
  }

  /** The frame at a position of a file; null where there is no whole, unharmed one. */
  static @Nullable Frame read(RandomAccessFile file, long position) throws IOException {
    long available = file.length() - position;
    if (available < HEADER) {
      return null;
    }
    file.seek(position);
    int length = file.readInt();
    int checksum = file.readInt();
    if (length < 2 || length > available - HEADER) {
      return null;
    }
    byte[] frame = new byte[HEADER + length];
    file.readFully(frame, HEADER, length);
    Kind kind = Kind.of(frame[HEADER]);
    int keyLength = Byte.toUnsignedInt(frame[HEADER + 1]);
    if (checksum != checksum(frame) || kind == null || keyLength > length - 2) {
      return null;
    }
    int payload = HEADER + 2 + keyLength;
    byte[] body = new byte[frame.length - payload];
    System.arraycopy(frame, payload, body, 0, body.length);
    return new Frame(kind, new String(frame, HEADER + 2, keyLength, StandardCharsets.UTF_8), body);
  }

  private static int checksum(byte[] frame) {
    CRC32C checksum = new CRC32C();
    checksum.update(frame, HEADER, frame.length - HEADER);
    return (int) checksum.getValue();
  }
}
