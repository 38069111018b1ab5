package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import tools.jackson.databind.JsonNode;

/** What must be true when sessions are over, whatever happened on the way. */
final class Endings {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HeddleSystem system;

  Endings(HeddleSystem system) {
    this.system = system;
  }

  /** Exactly one terminal status, and it is the last. */
  void assertOnce(String session, String status) {
    List<String> entered = system.entered(session);
    assertThat(entered).as(session).filteredOn(Timeline::isDone).containsExactly(status);
    assertThat(entered).as(session).last().isEqualTo(status);
  }

  /** No machine has anything in its hands, in its own eyes or in those of session-service. */
  void awaitFreeSlots() {
    Database sessions = new Database(system, "session");
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(CommandFailure.class)
        .untilAsserted(() -> {
          assertThat(system.gateway().list("api/machines", 100))
              .isNotEmpty()
              .allSatisfy(machine -> assertThat(machine.path("busy").asInt(-1)).isZero());
          assertThat(sessions.rows("select * from slot")).isEmpty();
        });
  }

  /**
   * The timeline of a session that has completed: every event once and in order, each attempt's own
   * without a gap, none of an attempt after the next has begun; and all lines of the last attempt.
   *
   * @param lines how many lines {@link EngineMarks#printing} printed
   */
  void assertTimeline(String session, int lines) {
    List<JsonNode> events = awaitEndOf(session);
    int last = system.session(session).path("attempt").asInt();
    Map<String, List<Long>> numbers = new TreeMap<>();
    List<Integer> attempts = new ArrayList<>();
    List<String> printed = new ArrayList<>();
    for (JsonNode event : events) {
      int attempt = event.path("attempt").asInt();
      String origin = event.path("origin").asString();
      numbers
          .computeIfAbsent(
              origin.equals("worker") ? origin + " " + attempt : origin, key -> new ArrayList<>())
          .add(event.path("seq").asLong());
      if (origin.equals("worker")) {
        attempts.add(attempt);
        JsonNode body = event.path("body");
        if (attempt == last && body.path("kind").asString("").equals("engine.output")) {
          printed.add(body.path("text").asString());
        }
      }
    }
    numbers.forEach((origin, seqs) -> {
      if (origin.startsWith("worker")) {
        assertThat(seqs)
            .as("%s of %s", origin, session)
            .isEqualTo(
                LongStream.range(seqs.getFirst(), seqs.getFirst() + seqs.size()).boxed().toList());
        assertThat(seqs.getFirst()).as("%s of %s", origin, session).isEqualTo(1);
      } else {
        assertThat(seqs).as("%s of %s", origin, session).isSorted().doesNotHaveDuplicates();
      }
    });
    assertThat(attempts).as("attempts of %s", session).isSorted();
    assertThat(printed).as("lines of %s", session).isEqualTo(EngineMarks.lines(lines, last));
    assertThat(events)
        .as("ends of %s", session)
        .filteredOn(event -> Timeline.ends(event.path("body")))
        .hasSize(1);
  }

  /** What an attempt wrote behind its own closing is hidden, and nothing else is. */
  void assertStaleEventsHidden() {
    assertThat(
            new Database(system, "trace")
                .rows(
                    """
                    select e.session_id, e.attempt, e.seq, e.kind, e.superseded
                    from trace_event e join session_attempt a using (session_id, attempt)
                    where e.origin = 'worker'
                      and e.superseded
                        is distinct from (coalesce(e.position > a.closed_position, false))
                    """))
        .as("events that are hidden and should not be, or the other way round")
        .isEmpty();
  }

  private List<JsonNode> awaitEndOf(String session) {
    return await("the end of " + session + " on its timeline")
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .ignoreExceptionsInstanceOf(CommandFailure.class)
        .until(
            () -> system.events(session),
            events -> events.stream().anyMatch(event -> Timeline.ends(event.path("body"))));
  }
}
