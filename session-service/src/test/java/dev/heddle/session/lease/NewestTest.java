package dev.heddle.session.lease;

import static dev.heddle.session.lease.ReconciliationTest.heartbeat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.Heartbeat;
import java.util.List;
import org.junit.jupiter.api.Test;

class NewestTest {

  private final Newest newest = new Newest();

  private List<Heartbeat> of(Heartbeat... batch) {
    List<Heartbeat> news = List.copyOf(newest.of(List.of(batch)));
    newest.took(news);
    return news;
  }

  @Test
  void ofABatchTheNewestCountsWhereverItStands() {
    assertThat(of(heartbeat(7, 1), heartbeat(7, 3), heartbeat(7, 2)))
        .containsExactly(heartbeat(7, 3));
  }

  @Test
  void whatIsRepeatedOrOvertakenIsNoNews() {
    of(heartbeat(7, 1), heartbeat(7, 2));
    assertThat(of(heartbeat(7, 1), heartbeat(7, 2))).isEmpty();
    assertThat(of(heartbeat(7, 2), heartbeat(7, 3))).containsExactly(heartbeat(7, 3));
  }

  @Test
  void aNewLifeCountsFromOneAgainAndEndsTheOldOne() {
    of(heartbeat(7, 9));
    assertThat(of(heartbeat(8, 1))).containsExactly(heartbeat(8, 1));
    assertThat(of(heartbeat(7, 10))).isEmpty();
  }

  @Test
  void whatWasNotAppliedIsNewsStill() {
    assertThat(newest.of(List.of(heartbeat(7, 1)))).hasSize(1);
    assertThat(newest.of(List.of(heartbeat(7, 1)))).hasSize(1);
  }

  @Test
  void whatAnotherReplicaReadMeanwhileIsUnknown() {
    of(heartbeat(7, 9));
    newest.forget(machine -> machine.equals(ReconciliationTest.ONE));
    assertThat(of(heartbeat(7, 9))).hasSize(1);
  }
}
