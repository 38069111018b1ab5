package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads the live stream of a run, and compares it with what is stored. */
final class StreamClient {

  private static final Duration STORED_WITHIN = Duration.ofSeconds(30);

  private final HeddleSystem system;
  private final HeddleSystem.Dispatched run;
  private final List<String> received = new ArrayList<>();
  private @Nullable String cursor;
  private boolean ended;

  StreamClient(HeddleSystem system, HeddleSystem.Dispatched run) {
    this.system = system;
    this.run = run;
  }

  /** Every event so far, by what makes it the same event. */
  List<String> received() {
    return List.copyOf(received);
  }

  /** Whether the end of the session was among them. */
  boolean ended() {
    return ended;
  }

  /**
   * Connects once behind the last event, and reads so many, or until the end of the session or of
   * the stream.
   *
   * @return false where there was no connection
   */
  boolean read(int most) throws IOException, InterruptedException {
    Optional<ServerSentEvents> connected = connect();
    if (connected.isEmpty()) {
      return false;
    }
    try (ServerSentEvents events = connected.get()) {
      for (int read = 0; read < most && !ended; read++) {
        Optional<ServerSentEvents.Event> next = next(events);
        if (next.isEmpty()) {
          return true;
        }
        take(next.get());
      }
    }
    return true;
  }

  /** That everything came which is stored, once and in order, but for what follows the end. */
  void assertComplete() {
    // A stream tells what is on the topic, which may be a moment ahead of what is stored.
    List<String> stored =
        await()
            .atMost(STORED_WITHIN)
            .until(
                () -> system.events(run.session()).stream().map(StreamClient::identity).toList(),
                events -> events.size() >= received.size());
    assertThat(received).isEqualTo(stored.subList(0, Math.min(received.size(), stored.size())));
    assertThat(stored.subList(received.size(), stored.size()))
        .as("what came after the end of the run")
        .hasSizeLessThan(5);
  }

  private void take(ServerSentEvents.Event event) {
    if (!event.name().equals("message") || event.id() == null) {
      throw new AssertionError("an event that is none: " + event);
    }
    cursor = event.id();
    JsonNode data = Gateway.JSON.readTree(event.data());
    received.add(identity(data));
    ended = isEnd(data);
  }

  /** Empty while the service is away, which a client meets with another try. */
  private Optional<ServerSentEvents> connect() throws InterruptedException {
    try {
      HttpResponse<InputStream> response =
          system.gateway().stream("api/threads/" + run.thread() + "/stream", cursor);
      return Optional.of(new ServerSentEvents(response.body()));
    } catch (CommandFailure | IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<ServerSentEvents.Event> next(ServerSentEvents events) {
    try {
      return events.next();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean isEnd(JsonNode event) {
    JsonNode body = event.path("body");
    return body.path("kind").asString("").equals("session.status")
        && Timeline.isDone(body.path("status").asString(""));
  }

  private static String identity(JsonNode event) {
    return "%s %d %s %d"
        .formatted(
            event.path("sessionId").asString(""),
            event.path("attempt").asInt(),
            event.path("origin").asString(""),
            event.path("seq").asLong());
  }
}
