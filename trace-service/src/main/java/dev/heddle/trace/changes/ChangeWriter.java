package dev.heddle.trace.changes;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes server-sent events. It blocks while the client does not read; that is its back-pressure.
 */
final class ChangeWriter {

  private final OutputStream out;

  ChangeWriter(OutputStream out) {
    this.out = out;
  }

  /** Says that the stream is open, before it is known from where. */
  void open() throws IOException {
    write(": open\n\n");
    out.flush();
  }

  /**
   * Lets the client know how far it is though nothing came: an id without data is no event, but it
   * is what the client comes back with.
   */
  void cursor(ChangeCursor cursor) throws IOException {
    write(": heartbeat\nid: " + cursor.text() + "\n\n");
    out.flush();
  }

  /** A comment, where there is no cursor yet. */
  void heartbeat() throws IOException {
    write(": heartbeat\n\n");
    out.flush();
  }

  /** Tells the client to load its lists anew: what it misses cannot be sent. */
  void reset(ChangeCursor cursor, String reason) throws IOException {
    write("id: %s\nevent: reset\ndata: {\"reason\":\"%s\"}\n\n".formatted(cursor.text(), reason));
    out.flush();
  }

  /** Writes an event; {@link #flush} sends it. */
  void change(ChangeCursor cursor, Change change) throws IOException {
    write("id: " + cursor.text() + "\nevent: " + change.event() + "\ndata: ");
    write(change.json());
    write("\n\n");
  }

  void flush() throws IOException {
    out.flush();
  }

  private void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
