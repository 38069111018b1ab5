package dev.heddle.thread.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.MessageId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ExtentTest {

  @Test
  void theOneThatCoversMostOfTheBranchIsInForce() {
    Extent early = through(2, 1);
    Extent late = through(6, 2);
    Extent elsewhere = through(9, 3);
    List<Extent> all = List.of(elsewhere, early, late);
    assertThat(Extent.inForce(all, id -> !id.equals(elsewhere.throughMessageId()))).contains(late);
    assertThat(Extent.inForce(all, id -> id.equals(early.throughMessageId()))).contains(early);
    assertThat(Extent.inForce(all, _ -> false)).isEmpty();
  }

  @Test
  void aResultIsStaleWhenTheBranchHasMovedOrIsSummedUpThatFar() {
    Optional<Extent> six = Optional.of(through(6, 1));
    assertThat(Extent.isStale(4, false, Optional.empty())).isTrue();
    assertThat(Extent.isStale(4, true, six)).isTrue();
    assertThat(Extent.isStale(6, true, six)).isTrue();
    assertThat(Extent.isStale(7, true, six)).isFalse();
    assertThat(Extent.isStale(4, true, Optional.empty())).isFalse();
  }

  private static Extent through(int throughOrdinal, int ordinal) {
    return new Extent(ordinal, new MessageId(UUID.randomUUID()), throughOrdinal);
  }
}
