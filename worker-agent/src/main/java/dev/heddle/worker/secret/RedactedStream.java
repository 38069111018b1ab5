package dev.heddle.worker.secret;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** A stream of bytes without its secrets, which are compared byte by byte as UTF-8. */
final class RedactedStream extends InputStream {

  private static final int BLOCK = 16 * 1024;

  private final InputStream in;
  private final Redactor redactor;
  private final byte[] block = new byte[BLOCK];

  /** One character for each byte, so that no encoding of the stream can be broken. */
  private final StringBuilder held = new StringBuilder();

  private byte[] ready = new byte[0];
  private int position;
  private boolean ended;

  RedactedStream(InputStream stream, Redactor redactor) {
    in = stream;
    this.redactor = redactor.ofBytes();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (position == ready.length) {
      if (ended) {
        return -1;
      }
      fill();
    }
    int count = Math.min(length, ready.length - position);
    System.arraycopy(ready, position, into, offset, count);
    position += count;
    return count;
  }

  private void fill() throws IOException {
    int count = in.read(block, 0, block.length);
    if (count < 0) {
      ended = true;
      pass(held.length());
      return;
    }
    held.append(new String(block, 0, count, StandardCharsets.ISO_8859_1));
    pass(redactor.safeLength(held));
  }

  private void pass(int length) {
    ready = redactor.redact(held.substring(0, length)).getBytes(StandardCharsets.ISO_8859_1);
    position = 0;
    held.delete(0, length);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
