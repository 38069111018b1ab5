package dev.heddle.thread.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CompactionTest {

  @Test
  void theOneThatCoversMostOfTheBranchIsInForce() {
    Compaction early = through(2, 1);
    Compaction late = through(6, 2);
    Compaction elsewhere = through(9, 3);
    List<Compaction> all = List.of(elsewhere, early, late);
    assertThat(Compaction.inForce(all, id -> !id.equals(elsewhere.throughMessageId())))
        .contains(late);
    assertThat(Compaction.inForce(all, id -> id.equals(early.throughMessageId()))).contains(early);
    assertThat(Compaction.inForce(all, _ -> false)).isEmpty();
  }

  @Test
  void aResultIsStaleWhenTheBranchHasMovedOrIsSummedUpThatFar() {
    Optional<Compaction> six = Optional.of(through(6, 1));
    assertThat(Compaction.isStale(4, false, Optional.empty())).isTrue();
    assertThat(Compaction.isStale(4, true, six)).isTrue();
    assertThat(Compaction.isStale(6, true, six)).isTrue();
    assertThat(Compaction.isStale(7, true, six)).isFalse();
    assertThat(Compaction.isStale(4, true, Optional.empty())).isFalse();
  }

  private static Compaction through(int throughOrdinal, int ordinal) {
    return new Compaction(
        ordinal,
        "sum",
        new MessageId(UUID.randomUUID()),
        throughOrdinal,
        new SessionId(UUID.randomUUID()),
        Instant.EPOCH);
  }
}
