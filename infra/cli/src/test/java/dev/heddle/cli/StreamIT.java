package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

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

    assertComplete(run, follow(run, new Random(seed), RECONNECTS, () -> {}));
  }

  @Test
  void aRestartOfTraceServiceInMidRunIsNotSeen() throws Exception {
    HeddleSystem.Dispatched run = system.dispatch(project, SCRIPT);

    StreamClient client =
        follow(run, new Random(1), 4, () -> system.signal("trace-service", "KILL"));

    system.awaitReady();
    assertComplete(run, client);
  }

  private void assertComplete(HeddleSystem.Dispatched run, StreamClient client) {
    system.awaitStatus(run.session(), "completed");
    assertThat(client.received()).hasSizeGreaterThan(LINES);
    client.assertComplete();
    assertThat(system.transcript(run.thread()).toString()).contains("line " + LINES + "\\nend");
  }

  /** Reads until the session is over, hanging up at random; once, in the middle, disturbs. */
  private StreamClient follow(
      HeddleSystem.Dispatched run, Random random, int reconnects, Runnable disturb)
      throws Exception {
    StreamClient client = new StreamClient(system, run);
    int cuts = 0;
    boolean disturbed = false;
    Instant limit = Instant.now().plus(LIMIT);
    while (Instant.now().isBefore(limit)) {
      // All cuts fall into the first four fifths of the run, however the dice fall.
      int mean = LINES * 4 / 5 / (reconnects * 2);
      if (!client.read(cuts < reconnects ? 1 + random.nextInt(2 * mean) : Integer.MAX_VALUE)) {
        continue;
      }
      if (client.ended()) {
        assertThat(cuts).as("cuts").isGreaterThanOrEqualTo(reconnects);
        return client;
      }
      cuts++;
      if (!disturbed && client.received().size() > LINES / 3) {
        disturbed = true;
        disturb.run();
      }
    }
    return fail("no end of the stream; received %d events", client.received().size());
  }
}
