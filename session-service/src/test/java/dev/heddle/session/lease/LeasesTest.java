package dev.heddle.session.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.contracts.MachineId;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LeasesTest {

  private static final MachineId ONE = new MachineId("worker-1");
  private static final MachineId TWO = new MachineId("worker-2");
  private static final Leases.Expired ONE_OVER = new Leases.Expired(ONE, 7);

  private final Leases leases = new Leases(15, 5, 0);
  private final FakeLog log = new FakeLog();
  private long promised;

  private static final class FakeLog implements Leases.Log {
    OptionalLong end = OptionalLong.of(10);
    OptionalLong position = OptionalLong.of(10);
    int asked;

    @Override
    public OptionalLong end(int partition) {
      asked++;
      return end;
    }

    @Override
    public OptionalLong position(int partition) {
      return position;
    }
  }

  /** Lets time pass with the broker in contact all along. */
  private List<Leases.Expired> at(long now) {
    leases.contact(now);
    return expire(now);
  }

  private List<Leases.Expired> expire(long now) {
    List<Leases.Expired> expired = new ArrayList<>();
    leases.expire(log, machine -> promised, now, expired::add);
    return expired;
  }

  private void passTo(long now) {
    for (long t = 0; t <= now; t += 3) {
      leases.contact(t);
    }
    leases.contact(now);
  }

  @Test
  void aSilentMachineExpiresAfterItsLeaseAndOnlyOnce() {
    leases.begin(ONE, 0, 7, 0);
    passTo(14);
    assertThat(at(14)).isEmpty();
    assertThat(log.asked).isZero();
    assertThat(at(15)).containsExactly(ONE_OVER);
    assertThat(at(16)).isEmpty();
  }

  @Test
  void machinesThatCouldNotBeActedUponAreJudgedAgain() {
    leases.begin(ONE, 0, 7, 0);
    leases.begin(TWO, 1, 1, 0);
    passTo(15);

    assertThatThrownBy(() ->
            leases.expire(
                log,
                machine -> promised,
                15,
                one -> {
                  throw new IllegalStateException("no database");
                }))
        .hasMessage("no database");

    assertThat(at(16)).containsExactlyInAnyOrder(ONE_OVER, new Leases.Expired(TWO, 1));
    assertThat(at(17)).isEmpty();
  }

  @Test
  void anAttemptThatWasGrantedALongerLeaseKeepsIt() {
    promised = 40;
    leases.begin(ONE, 0, 7, 0);
    passTo(39);
    assertThat(at(39)).isEmpty();
    assertThat(log.asked).isZero();
    assertThat(at(40)).containsExactly(ONE_OVER);
  }

  @Test
  void aHeartbeatRenewsTheLease() {
    leases.begin(ONE, 0, 7, 0);
    passTo(14);
    leases.begin(ONE, 0, 7, 14);
    passTo(28);
    assertThat(at(28)).isEmpty();
    assertThat(at(29)).containsExactly(ONE_OVER);
  }

  @Test
  void nothingExpiresWhileThePartitionIsNotReadToTheEndThatItHadAfterTheDeadline() {
    leases.begin(ONE, 0, 7, 0);
    passTo(15);
    log.position = OptionalLong.of(9);
    assertThat(at(15)).isEmpty();
    log.end = OptionalLong.of(99);
    log.position = OptionalLong.of(10);
    assertThat(at(16)).containsExactly(ONE_OVER);
    assertThat(log.asked).isEqualTo(1);
  }

  @Test
  void aHeartbeatFoundOnTheWayToTheEndSavesTheMachine() {
    leases.begin(ONE, 0, 7, 0);
    passTo(15);
    log.position = OptionalLong.of(9);
    assertThat(at(15)).isEmpty();
    leases.begin(ONE, 0, 7, 16);
    log.position = OptionalLong.of(10);
    assertThat(at(16)).isEmpty();
  }

  @Test
  void nothingExpiresWhileTheBrokerDoesNotTellTheEnd() {
    leases.begin(ONE, 0, 7, 0);
    passTo(15);
    log.end = OptionalLong.empty();
    assertThat(at(15)).isEmpty();
    log.end = OptionalLong.of(10);
    assertThat(at(16)).containsExactly(ONE_OVER);
  }

  @Test
  void afterABlackoutAllLeasesStartAfresh() {
    leases.begin(ONE, 0, 7, 0);
    assertThat(expire(100)).isEmpty();
    assertThat(leases.contact(100)).isTrue();
    assertThat(expire(100)).isEmpty();
    for (long t = 100; t < 115; t += 3) {
      assertThat(leases.contact(t)).isFalse();
      assertThat(expire(t)).isEmpty();
    }
    leases.contact(115);
    assertThat(expire(115)).containsExactly(ONE_OVER);
  }

  @Test
  void partitionsThatWentElsewhereTakeTheirLeasesAlong() {
    leases.begin(ONE, 0, 7, 0);
    leases.begin(TWO, 1, 1, 0);
    leases.forget(List.of(0));
    passTo(15);
    assertThat(at(15)).containsExactly(new Leases.Expired(TWO, 1));
  }

  @Test
  void aMachineThatSaidGoodbyeIsNotMissed() {
    leases.begin(ONE, 0, 7, 0);
    leases.end(ONE);
    passTo(20);
    assertThat(at(20)).isEmpty();
  }

  @Test
  void aPartitionThatIsNotOursProvesNothing() {
    leases.begin(ONE, 0, 7, 0);
    passTo(15);
    log.position = OptionalLong.empty();
    assertThat(at(15)).isEmpty();
  }
}
