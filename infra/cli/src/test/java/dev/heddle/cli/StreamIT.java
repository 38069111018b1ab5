package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A live stream can be cut anywhere, any number of times, and nothing is missed or repeated. */
class StreamIT {

  private static final int LINES = 2_000;
  private static final int RECONNECTS = 50;
  private static final Duration LIMIT = Duration.ofMinutes(4);

  /** Slow enough that the client is live for most of it. */
  private static final String SCRIPT =
      "for i in $(seq %d); do echo line $i; [ $((i %% 50)) = 0 ] && sleep 0.2; done; echo end"
          .formatted(LINES);

  private final HeddleSystem system = HeddleSystem.shared();
  private final String project = system.project();

  @Test
  void aClientThatReconnectsFiftyTimesReceivesExactlyTheStoredSequence() throws Exception {
    long seed = System.nanoTime();
    System.out.println("StreamIT: the seed of the cuts is " + seed);
    HeddleSystem.Dispatched run = system.dispatch(project, SCRIPT);

    List<String> received = follow(run, new Random(seed), RECONNECTS, () -> {});

    assertComplete(run, received);
  }

  @Test
  void aRestartOfTraceServiceInMidRunIsNotSeen() throws Exception {
    HeddleSystem.Dispatched run = system.dispatch(project, SCRIPT);

    List<String> received =
        follow(run, new Random(1), 4, () -> system.signal("trace-service", "KILL"));

    system.awaitReady();
    assertComplete(run, received);
  }

  private void assertComplete(HeddleSystem.Dispatched run, List<String> received) {
    system.awaitStatus(run.session(), "completed");
    List<String> stored = system.events(run.session()).stream().map(StreamIT::identity).toList();
    assertThat(stored).hasSizeGreaterThan(LINES);
    assertThat(received).isEqualTo(stored.subList(0, received.size()));
    assertThat(stored.subList(received.size(), stored.size()))
        .as("what came after the end of the run")
        .hasSizeLessThan(5);
    assertThat(system.transcript(run.thread()).toString()).contains("line " + LINES + "\\nend");
  }

  /** Reads until the session is over, hanging up at random; once, in the middle, disturbs. */
  private List<String> follow(
      HeddleSystem.Dispatched run, Random random, int reconnects, Runnable disturb)
      throws Exception {
    List<String> received = new ArrayList<>();
    String cursor = null;
    int cuts = 0;
    boolean disturbed = false;
    Instant limit = Instant.now().plus(LIMIT);
    while (Instant.now().isBefore(limit)) {
      // All cuts fall into the first four fifths of the run, however the dice fall.
      int mean = LINES * 4 / 5 / (reconnects * 2);
      int readBeforeTheCut = cuts < reconnects ? 1 + random.nextInt(2 * mean) : Integer.MAX_VALUE;
      Optional<ServerSentEvents> connected = connect(run, cursor);
      if (connected.isEmpty()) {
        continue;
      }
      try (ServerSentEvents events = connected.get()) {
        for (int read = 0; read < readBeforeTheCut; read++) {
          Optional<ServerSentEvents.Event> next = next(events);
          if (next.isEmpty()) {
            break;
          }
          ServerSentEvents.Event event = next.get();
          assertThat(event.name()).isEqualTo("message");
          assertThat(event.id()).as("every event has an id").isNotNull();
          cursor = event.id();
          JsonNode data = Gateway.JSON.readTree(event.data());
          received.add(identity(data));
          if (isEnd(data)) {
            assertThat(cuts).as("cuts").isGreaterThanOrEqualTo(reconnects);
            return received;
          }
        }
      }
      cuts++;
      if (!disturbed && received.size() > LINES / 3) {
        disturbed = true;
        disturb.run();
      }
    }
    return fail("the stream did not come to its end; received %d events", received.size());
  }

  /** Empty while the service is away, which a client meets with another try. */
  private Optional<ServerSentEvents> connect(HeddleSystem.Dispatched run, @Nullable String cursor)
      throws InterruptedException {
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
