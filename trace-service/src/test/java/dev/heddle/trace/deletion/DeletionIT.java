package dev.heddle.trace.deletion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadChanged;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Json;
import dev.heddle.trace.Run;
import dev.heddle.trace.TraceServiceIT;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class DeletionIT extends TraceServiceIT {

  private static final List<String> TABLES =
      List.of("session_summary", "session_attempt", "transcript_item", "transcript_text");

  @Test
  void allThatIsStoredOfADeletedThreadGoesAndNothingOfAnother() {
    Run gone = Run.ofThread().typical("one", "two");
    Run kept = Run.ofThread().typical("one");
    publish(gone.drain());
    publish(kept.drain());
    awaitStored(gone.session, 13);
    awaitStored(kept.session, 12);

    delete(gone.thread, afterAll(gone));

    await().until(() -> stored(gone.session) == 0);
    await().until(() -> rows(gone.thread) == 0);
    assertThat(stored(kept.session)).isEqualTo(12);
    assertThat(rows(kept.thread)).isPositive();
    assertThat(json("/api/threads/%s/transcript".formatted(gone.thread)).path("items")).isEmpty();
  }

  @Test
  void whatTheLogBringsLaterOfADeletedThreadIsNotStoredAgain() {
    Run gone = Run.ofThread().prompt("p").engineStarted(1);
    publish(gone.drain());
    awaitStored(gone.session, 2);
    delete(gone.thread, afterAll(gone));
    await().until(() -> stored(gone.session) == 0);

    publish(gone.line(1, "late").end(SessionStatus.COMPLETED, 1).drain());
    Run unheard = Run.ofThread(gone.thread).typical("late as well");
    publish(unheard.drain());
    delete(gone.thread, afterAll(gone));
    // Of the same partition, so it is stored after what is to be left out was read.
    Run again = Run.ofThread(gone.thread);
    Run later = new Later(again).typical();
    publish(later.drain());
    await().until(() -> stored(later.session) > 0);
    assertThat(stored(gone.session)).isZero();
    assertThat(stored(unheard.session)).isZero();
  }

  @Test
  void aDeletionThatComesAgainSparesTheThreadThatWasMadeSince() {
    Run gone = Run.ofThread().typical("one");
    publish(gone.drain());
    awaitStored(gone.session, 12);
    Instant at = afterAll(gone);
    delete(gone.thread, at);
    await().until(() -> stored(gone.session) == 0);
    Run second = new Later(Run.ofThread(gone.thread)).typical();
    publish(second.drain());
    await().until(() -> stored(second.session) > 0);
    long stored = stored(second.session);

    delete(gone.thread, at);
    Run other = Run.ofThread().typical("one");
    publish(other.drain());
    awaitStored(other.session, 12);
    delete(other.thread, afterAll(other));
    await().until(() -> stored(other.session) == 0);
    assertThat(stored(second.session)).isEqualTo(stored);
  }

  /** A run whose session was made an hour from now, after any deletion of these tests. */
  private record Later(Run of) {

    Run typical() {
      UUID id = of.session.value();
      long hour = 3_600_000L << 16;
      UUID later = new UUID(id.getMostSignificantBits() + hour, id.getLeastSignificantBits());
      return Run.of(new SessionId(later), of.thread).prompt("again");
    }
  }

  /** A moment after all sessions of these tests were made. */
  private static Instant afterAll(Run run) {
    return DeletedThreads.madeAt(run.session.value()).plusSeconds(600);
  }

  private long rows(ThreadId thread) {
    return TABLES.stream()
        .mapToLong(table -> {
          Long count =
              jdbc.queryForObject(
                  "select count(*) from " + table + " where timeline = ?",
                  Long.class,
                  thread.value());
          return count == null ? 0 : count;
        })
        .sum();
  }

  private void delete(ThreadId thread, Instant at) {
    ThreadChanged deleted =
        new ThreadChanged(
            thread,
            new ProjectId(UUID.randomUUID()),
            9,
            at,
            "local",
            List.of(new ThreadChange.Deleted()));
    send(
        List.of(
            new ProducerRecord<>(
                Topics.THREAD_CHANGED.name(), deleted.key(), Json.bytes(deleted))));
  }
}
