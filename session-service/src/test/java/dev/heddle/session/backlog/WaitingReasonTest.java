package dev.heddle.session.backlog;

import static dev.heddle.session.backlog.ReleasePlanTest.fleet;
import static dev.heddle.session.backlog.ReleasePlanTest.machine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.OfferId;
import dev.heddle.contracts.Requirements;
import dev.heddle.contracts.SessionId;
import dev.heddle.session.offer.Offer;
import dev.heddle.session.session.Samples;
import dev.heddle.session.session.Session;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WaitingReasonTest {

  private static final Session ANY = Samples.queued();

  private static Session needing(String engine, @Nullable String pin, Map<String, String> labels) {
    return Samples.queued(
        new Requirements(engine, "default", pin == null ? null : new MachineId(pin), labels));
  }

  private static WaitingReason.Around around(Fleet fleet, @Nullable Integer place) {
    return new WaitingReason.Around(
        fleet, null, null, Map.of(), ReleasePlan.Share.NONE, place, null, null, Samples.NINE);
  }

  private static String why(Session session, Fleet fleet) {
    return WaitingReason.of(session, around(fleet, 1)).text();
  }

  private static final Fleet ONE = fleet(machine("worker-1", 2, Map.of(), "command"));

  @Test
  void aPoolWithoutMachinesIsNamed() {
    assertThat(why(ANY, fleet())).isEqualTo("no machine is online in pool default");
    assertThat(
            why(
                ANY,
                fleet(
                    machine(
                        "worker-1",
                        MachineState.OFFLINE,
                        MachineState.ONLINE,
                        2,
                        Map.of(),
                        "command"))))
        .isEqualTo("no machine is online in pool default");
  }

  @Test
  void anEngineThatNobodyHasIsNamed() {
    assertThat(why(needing("codex", null, Map.of()), ONE)).isEqualTo("no machine offers codex");
  }

  @Test
  void aLabelThatNobodyHasIsNamed() {
    assertThat(why(needing("command", null, Map.of("gpu", "true")), ONE))
        .isEqualTo("label gpu=true is on no online machine");
  }

  @Test
  void requirementsThatNobodyMeetsTogetherAreNamed() {
    Fleet fleet =
        fleet(
            machine("a", 1, Map.of("gpu", "true"), "command"),
            machine("b", 1, Map.of(), "command", "codex"));
    assertThat(why(needing("codex", null, Map.of("gpu", "true")), fleet))
        .isEqualTo("no machine has engine codex and all labels {gpu=true}");
  }

  @Test
  void theMachineThatAPinnedSessionWaitsForIsNamed() {
    assertThat(why(needing("command", "worker-9", Map.of()), ONE))
        .isEqualTo("machine worker-9 is unknown");
    Fleet offline =
        fleet(
            machine("worker-9", MachineState.OFFLINE, MachineState.ONLINE, 1, Map.of(), "command"));
    assertThat(why(needing("command", "worker-9", Map.of()), offline))
        .isEqualTo("machine worker-9 is offline");
    Fleet draining =
        fleet(
            machine(
                "worker-9", MachineState.ONLINE, MachineState.DRAINING, 1, Map.of(), "command"));
    assertThat(why(needing("command", "worker-9", Map.of()), draining))
        .isEqualTo("machine worker-9 is draining");
    assertThat(why(needing("codex", "worker-1", Map.of()), ONE))
        .isEqualTo("machine worker-1 does not offer codex");
  }

  @Test
  void busySlotsAreCountedWithThoseAhead() {
    Fleet full =
        new Fleet(
            List.of(machine("worker-1", 8, Map.of(), "command")),
            Map.of(new MachineId("worker-1"), 8),
            Map.of(),
            Map.of());
    assertThat(WaitingReason.of(ANY, around(full, 4)).text())
        .isEqualTo("all 8 slots of pool default are busy (3 sessions ahead)");
    assertThat(WaitingReason.of(ANY, around(full, 2)).text())
        .isEqualTo("all 8 slots of pool default are busy (1 session ahead)");
    assertThat(WaitingReason.of(ANY, around(full, 1)).text())
        .isEqualTo("all 8 slots of pool default are busy");
    assertThat(WaitingReason.of(ANY, around(full, 4)).code()).isEqualTo(WaitCode.SLOTS_BUSY);
    assertThat(WaitingReason.of(ANY, around(full, 4)).place()).isEqualTo(4);
  }

  @Test
  void busySlotsOfTheMachinesThatCanRunItAreCountedAlone() {
    Fleet fleet =
        new Fleet(
            List.of(
                machine("a", 2, Map.of(), "command", "codex"),
                machine("b", 6, Map.of(), "command")),
            Map.of(new MachineId("a"), 2),
            Map.of(),
            Map.of());
    assertThat(why(needing("codex", null, Map.of()), fleet))
        .isEqualTo("all 2 slots that can run it are busy");
  }

  @Test
  void theLimitOfTheProjectIsNamed() {
    WaitingReason.Around around =
        new WaitingReason.Around(
            ONE,
            null,
            null,
            Map.of(),
            new ReleasePlan.Share(Map.of("default", 3, "other", 1), Map.of(), 4),
            1,
            null,
            null,
            Samples.NINE);
    assertThat(WaitingReason.of(ANY, around).text()).isEqualTo("project limit 4 reached");
  }

  @Test
  void theSessionOfTheSameThreadAheadIsNamed() {
    SessionId ahead = new SessionId(UUID.randomUUID());
    WaitingReason.Around around =
        new WaitingReason.Around(
            ONE, null, ahead, Map.of(), ReleasePlan.Share.NONE, 1, null, null, Samples.NINE);
    assertThat(WaitingReason.of(ANY, around).text())
        .isEqualTo("waits for session %s of the same thread", ahead);
  }

  @Test
  void thePauseBeforeTheNextAttemptIsNamedWithWhatFailed() {
    Session failed = Samples.requeued("cannot clone");
    WaitingReason.Around around =
        new WaitingReason.Around(
            ONE,
            null,
            null,
            Map.of(),
            ReleasePlan.Share.NONE,
            null,
            Duration.ofMillis(4_001),
            null,
            Samples.NINE);
    assertThat(WaitingReason.of(failed, around))
        .isEqualTo(
            new WaitingReason(
                WaitCode.PAUSED, "attempt 1 failed: cannot clone; tried again in 5 s", null));
  }

  @Test
  void anOfferIsNamedAndHasNoPlaceInLine() {
    assertThat(WaitingReason.of(ANY, offered(null)))
        .isEqualTo(
            new WaitingReason(WaitCode.OFFERED, "offered, waiting for a worker to claim", null));
    assertThat(WaitingReason.of(ANY, offered(new MachineId("worker-1"))).text())
        .isEqualTo("offered to worker-1, waiting for it to claim");
  }

  private static WaitingReason.Around offered(@Nullable MachineId machine) {
    Offer offer =
        new Offer(
            new OfferId(UUID.randomUUID()),
            ANY.id(),
            1,
            "default",
            machine,
            Samples.NINE,
            Samples.NINE.plusSeconds(20),
            Duration.ofSeconds(15));
    return new WaitingReason.Around(
        ONE, offer, null, Map.of(), ReleasePlan.Share.NONE, null, null, null, Samples.NINE);
  }

  @Test
  void theLastRefusalIsNamedWhereEveryMachineRefused() {
    WaitingReason.Around around =
        new WaitingReason.Around(
            ONE,
            null,
            null,
            Map.of(new MachineId("worker-1"), "git is missing"),
            ReleasePlan.Share.NONE,
            1,
            null,
            null,
            Samples.NINE);
    assertThat(WaitingReason.of(ANY, around).text())
        .isEqualTo("machine worker-1 refused it: git is missing");
  }

  @Test
  void whatCanStartIsAboutToBeOffered() {
    assertThat(why(ANY, ONE)).isEqualTo("about to be offered");
  }

  private static WaitingReason.Around awaiting(Fleet fleet, int waited, @Nullable Integer wait) {
    HomeWait home =
        new HomeWait(
            new MachineId("worker-1"),
            Samples.NINE,
            wait == null ? null : Samples.NINE.plusSeconds(wait));
    return new WaitingReason.Around(
        fleet,
        null,
        null,
        Map.of(),
        ReleasePlan.Share.NONE,
        1,
        null,
        home,
        Samples.NINE.plusSeconds(waited));
  }

  @Test
  void theMachineThatHasItsStateIsNamedWithHowLongItIsAwaited() {
    Fleet offline =
        fleet(
            ReleasePlanTest.offlineSince("worker-1", Samples.NINE),
            machine("b", 1, Map.of(), "command"));
    assertThat(WaitingReason.of(ANY, awaiting(offline, 7, 30)))
        .isEqualTo(
            new WaitingReason(
                WaitCode.HOME_AWAITED,
                "waits until 2026-11-21T09:00:30Z for machine worker-1, which has its state:"
                    + " machine worker-1 is offline",
                1));
    assertThat(WaitingReason.of(ANY, awaiting(offline, 30, 30)).text())
        .isEqualTo("about to be offered");
    assertThat(WaitingReason.of(ANY, awaiting(offline, 300, null)).text())
        .isEqualTo(
            "waits for machine worker-1, which has its checkout: machine worker-1 is offline");
    Fleet busy =
        new Fleet(
            List.of(machine("worker-1", 2, Map.of(), "command")),
            Map.of(new MachineId("worker-1"), 2),
            Map.of(),
            Map.of());
    assertThat(WaitingReason.of(ANY, awaiting(busy, 0, 5)).text())
        .isEqualTo(
            "waits until 2026-11-21T09:00:05Z for machine worker-1, which has its state: all its 2"
                + " slots are busy");
    assertThat(WaitingReason.of(ANY, awaiting(fleet(), 0, null)).text())
        .isEqualTo("waits for machine worker-1, which has its checkout: it is unknown");
    assertThat(WaitingReason.of(ANY, awaiting(ONE, 0, 30)).text()).isEqualTo("about to be offered");
  }
}
