package dev.heddle.trace.stream;

import dev.heddle.trace.event.EventJson;
import dev.heddle.trace.log.Entry.Event;
import dev.heddle.trace.log.LogPosition;
import dev.heddle.trace.log.PositionCursor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes server-sent events. It blocks while the client does not read; that is its back-pressure.
 */
final class SseWriter {

  private final OutputStream out;

  SseWriter(OutputStream out) {
    this.out = out;
  }

  /** Says that the stream is open, so that the client need not wait for an event to know. */
  void open() throws IOException {
    comment("open");
  }

  void heartbeat() throws IOException {
    comment("heartbeat");
  }

  /** Tells the client to load the transcript anew: what it misses cannot be sent. */
  void reset(LogPosition from, String reason) throws IOException {
    write(
        "event: reset\nid: %s\ndata: {\"reason\":\"%s\"}\n\n"
            .formatted(PositionCursor.of(from), reason));
    out.flush();
  }

  /** Writes an event; {@link #flush} sends it. */
  void event(Event event) throws IOException {
    write("id: " + PositionCursor.of(event.position()) + "\ndata: ");
    write(EventJson.of(event));
    write("\n\n");
  }

  void flush() throws IOException {
    out.flush();
  }

  private void comment(String text) throws IOException {
    write(": " + text + "\n\n");
    out.flush();
  }

  private void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
