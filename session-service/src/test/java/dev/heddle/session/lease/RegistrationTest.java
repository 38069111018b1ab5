package dev.heddle.session.lease;

import static dev.heddle.session.lease.ReconciliationTest.heartbeat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.Heartbeat;
import dev.heddle.contracts.MachineState;
import dev.heddle.session.machine.Machine;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RegistrationTest {

  private static final Instant NOW = Instant.parse("2026-11-21T09:00:00Z");

  private static Machine known(Heartbeat heartbeat) {
    return ((Registration.Known) Registration.of(null, heartbeat, NOW)).machine();
  }

  private static Heartbeat of(Heartbeat heartbeat, String host, MachineState state, String pool) {
    return new Heartbeat(
        heartbeat.machineId(),
        host,
        host,
        heartbeat.incarnation(),
        heartbeat.sequence(),
        heartbeat.sentAt(),
        state,
        pool,
        heartbeat.labels(),
        heartbeat.slots(),
        heartbeat.engines(),
        heartbeat.held(),
        heartbeat.version());
  }

  @Test
  void theFirstHeartbeatRegistersTheMachine() {
    Registration first = Registration.of(null, heartbeat(7, 1), NOW);
    assertThat(first).isInstanceOf(Registration.Known.class);
    assertThat(((Registration.Known) first).changed()).isTrue();
  }

  @Test
  void aHeartbeatThatSaysTheSameChangesNothing() {
    Machine machine = known(heartbeat(7, 1));
    Registration again = Registration.of(machine, heartbeat(7, 2), NOW.plusSeconds(3));
    assertThat(((Registration.Known) again).changed()).isFalse();
    Registration restarted = Registration.of(machine, heartbeat(8, 1), NOW.plusSeconds(3));
    assertThat(((Registration.Known) restarted).changed()).isTrue();
  }

  @Test
  void anEarlierLifeIsIgnored() {
    assertThat(Registration.of(known(heartbeat(7, 1)), heartbeat(6, 99), NOW))
        .isInstanceOf(Registration.Ignored.class);
  }

  @Test
  void aSecondHostIsRefusedWhileTheFirstLives() {
    Heartbeat other = of(heartbeat(1, 1), "host-b", MachineState.ONLINE, "default");
    Registration refused = Registration.of(known(heartbeat(7, 1)), other, NOW);
    assertThat(refused)
        .isEqualTo(
            new Registration.Refused(
                "machine id worker-1 is in use by host alpha; give this one another id"));
  }

  @Test
  void aSecondHostTakesTheIdOverFromOneThatIsOfflineWhateverItsLife() {
    Machine gone = known(of(heartbeat(7, 1), "host-a", MachineState.OFFLINE, "default"));
    Heartbeat other = of(heartbeat(1, 1), "host-b", MachineState.ONLINE, "default");
    Registration taken = Registration.of(gone, other, NOW);
    assertThat(taken).isInstanceOf(Registration.Known.class);
    assertThat(((Registration.Known) taken).machine().incarnation()).isEqualTo(1);
  }

  @Test
  void aHeartbeatWithAPoolThatCannotBeNamedIsIgnored() {
    assertThat(
            Registration.of(
                null, of(heartbeat(7, 1), "host-a", MachineState.ONLINE, "No Pool"), NOW))
        .isInstanceOf(Registration.Ignored.class);
  }

  @Test
  void theOperatorsWordOutlivesARestart() {
    Machine machine = known(heartbeat(7, 1));
    Machine drained =
        new Machine(
            machine.id(),
            machine.hostId(),
            machine.hostName(),
            machine.incarnation(),
            machine.state(),
            MachineState.DRAINING,
            machine.pool(),
            machine.labels(),
            machine.slots(),
            machine.engines(),
            machine.version(),
            machine.registeredAt(),
            machine.lastSeen());
    Machine after = ((Registration.Known) Registration.of(drained, heartbeat(8, 1), NOW)).machine();
    assertThat(after.takes()).isFalse();
  }
}
