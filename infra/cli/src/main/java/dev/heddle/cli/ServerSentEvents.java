package dev.heddle.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the events of one connection, as the HTML standard's event stream format says. */
final class ServerSentEvents implements AutoCloseable {

  /**
   * One event.
   *
   * @param id the stream's position after it; null before the first one that carries an id
   * @param name {@code message} where the stream names none
   */
  record Event(@Nullable String id, String name, String data) {}

  private final BufferedReader lines;
  private @Nullable String lastId;

  ServerSentEvents(InputStream in) {
    this.lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  /** The next event; empty at the end of the stream. An event cut off by the end is none. */
  Optional<Event> next() throws IOException {
    StringBuilder data = new StringBuilder();
    boolean any = false;
    String name = "message";
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.isEmpty()) {
        if (any) {
          return Optional.of(new Event(lastId, name, data.toString()));
        }
        name = "message";
        continue;
      }
      int colon = line.indexOf(':');
      String field = colon < 0 ? line : line.substring(0, colon);
      String value = colon < 0 ? "" : line.substring(colon + 1);
      if (value.startsWith(" ")) {
        value = value.substring(1);
      }
      switch (field) {
        case "data" -> {
          data.append(any ? "\n" : "").append(value);
          any = true;
        }
        case "id" -> lastId = value;
        case "event" -> name = value;
        default -> {
          // Comments (keep-alives) and fields of the future.
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
