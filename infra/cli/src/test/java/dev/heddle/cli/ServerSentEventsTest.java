package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServerSentEventsTest {

  @Test
  void fieldsCommentsAndSeveralDataLinesAreRead() throws Exception {
    assertThat(
            read(
                """
                : keep-alive

                id: 1
                data: one

                event:reset
                data:two
                data: three
                future: field

                id
                data: four

                """))
        .containsExactly(
            new ServerSentEvents.Event("1", "message", "one"),
            new ServerSentEvents.Event("1", "reset", "two\nthree"),
            new ServerSentEvents.Event("", "message", "four"));
  }

  @Test
  void eventThatIsCutOffIsNone() throws Exception {
    assertThat(read("id: 1\ndata: one\n\nid: 2\ndata: tw")).hasSize(1);
    assertThat(read("id: 1\ndata: one\n")).isEmpty();
  }

  private static List<ServerSentEvents.Event> read(String text) throws Exception {
    List<ServerSentEvents.Event> events = new ArrayList<>();
    try (ServerSentEvents stream =
        new ServerSentEvents(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))) {
      for (Optional<ServerSentEvents.Event> event = stream.next();
          event.isPresent();
          event = stream.next()) {
        events.add(event.get());
      }
    }
    return events;
  }
}
