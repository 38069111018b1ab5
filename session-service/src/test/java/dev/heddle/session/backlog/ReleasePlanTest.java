package dev.heddle.session.backlog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.Heartbeat.EngineInfo;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.SessionId;
import dev.heddle.session.machine.Machine;
import dev.heddle.session.session.Shape;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReleasePlanTest {

  private static final Instant NINE = Instant.parse("2026-11-21T09:00:00Z");
  private static final Shape ANY = new Shape("command", null, Map.of());

  static Machine machine(String name, int slots, Map<String, String> labels, String... engines) {
    return machine(name, MachineState.ONLINE, MachineState.ONLINE, slots, labels, engines);
  }

  static Machine machine(
      String name,
      MachineState state,
      MachineState wanted,
      int slots,
      Map<String, String> labels,
      String... engines) {
    return new Machine(
        new MachineId(name),
        "host",
        "host",
        1,
        state,
        wanted,
        "default",
        labels,
        slots,
        List.of(engines).stream().map(engine -> new EngineInfo(engine, null)).toList(),
        "1",
        NINE,
        NINE);
  }

  static Fleet fleet(Machine... machines) {
    return new Fleet(List.of(machines), Map.of(), Map.of(), Map.of());
  }

  private static ProjectId project(int number) {
    return new ProjectId(new UUID(0x0000_0000_0000_7000L, 0x8000_0000_0000_0000L + number));
  }

  private static Waiting waiting(int project, int second, Shape shape) {
    return waiting(project, second, shape, null);
  }

  private static Waiting waiting(int project, int second, Shape shape, @Nullable HomeWait home) {
    return new Waiting(
        new SessionId(UUID.randomUUID()),
        project(project),
        "default",
        shape,
        NINE.plusSeconds(second),
        home);
  }

  private static List<ReleasePlan.Pick> plan(Fleet fleet, List<Waiting> waiting) {
    return ReleasePlan.of(fleet, Map.of(), Map.of(), waiting, 100, NINE);
  }

  private static List<Waiting> picked(List<ReleasePlan.Pick> picks) {
    return picks.stream().map(ReleasePlan.Pick::waiting).toList();
  }

  @Test
  void withinAProjectWhoeverWasQueuedFirstGoesFirst() {
    Waiting later = waiting(1, 5, ANY);
    Waiting first = waiting(1, 1, ANY);
    Waiting last = waiting(1, 9, ANY);
    assertThat(
            picked(plan(fleet(machine("a", 2, Map.of(), "command")), List.of(later, last, first))))
        .containsExactly(first, later);
  }

  @Test
  void aFloodOfOneProjectLetsAnothersFirstSessionThrough() {
    List<Waiting> all = new ArrayList<>();
    IntStream.range(0, 100).forEach(i -> all.add(waiting(1, i, ANY)));
    Waiting other = waiting(2, 1000, ANY);
    all.add(other);
    Fleet fleet = fleet(machine("a", 4, Map.of(), "command"));
    assertThat(picked(plan(fleet, all))).hasSize(4).contains(other);
  }

  @Test
  void whatAProjectHasInHandsCountsAgainstItsTurn() {
    Waiting flood = waiting(1, 0, ANY);
    Waiting other = waiting(2, 1000, ANY);
    Fleet fleet =
        new Fleet(
            List.of(machine("a", 8, Map.of(), "command")),
            Map.of(new MachineId("a"), 7),
            Map.of(),
            Map.of());
    Map<ProjectId, ReleasePlan.Share> shares =
        Map.of(project(1), new ReleasePlan.Share(Map.of("default", 7), Map.of(), null));
    assertThat(picked(ReleasePlan.of(fleet, shares, Map.of(), List.of(flood, other), 10, NINE)))
        .containsExactly(other);
  }

  @Test
  void withinOneReleaseProjectsTakeTurns() {
    Waiting first = waiting(1, 1, ANY);
    Waiting other = waiting(2, 2, ANY);
    Waiting othersSecond = waiting(2, 3, ANY);
    Waiting second = waiting(1, 4, ANY);
    Fleet fleet = fleet(machine("a", 3, Map.of(), "command"));
    assertThat(picked(plan(fleet, List.of(first, other, othersSecond, second))))
        .containsExactly(first, other, second);
  }

  @Test
  void aSingleSlotGoesRoundThePoolsProjectsInTurn() {
    List<Waiting> waiting = new ArrayList<>();
    IntStream.range(0, 9).forEach(i -> waiting.add(waiting(i % 3, i / 3 * (1 + i % 3), ANY)));
    Map<ProjectId, Instant> turns = new HashMap<>();
    List<ProjectId> served = new ArrayList<>();
    for (int round = 0; round < 9; round++) {
      Map<ProjectId, ReleasePlan.Share> shares = new HashMap<>();
      turns.forEach(
          (id, at) -> shares.put(id, new ReleasePlan.Share(Map.of(), Map.of("default", at), null)));
      Fleet fleet = fleet(machine("a", 1, Map.of(), "command"));
      Waiting next = picked(ReleasePlan.of(fleet, shares, Map.of(), waiting, 10, NINE)).getFirst();
      waiting.remove(next);
      served.add(next.project());
      turns.put(next.project(), NINE.plusSeconds(10_000 + round));
    }
    for (int round = 0; round < 9; round += 3) {
      assertThat(served.subList(round, round + 3))
          .containsExactlyInAnyOrder(project(0), project(1), project(2));
    }
  }

  @Test
  void offersNeverExceedWhatThePoolCanTake() {
    Fleet fleet =
        new Fleet(
            List.of(machine("a", 3, Map.of(), "command"), machine("b", 2, Map.of(), "command")),
            Map.of(new MachineId("a"), 1),
            Map.of(new MachineId("b"), 1),
            Map.of("default", 2));
    List<Waiting> waiting = IntStream.range(0, 10).mapToObj(i -> waiting(i, i, ANY)).toList();
    assertThat(plan(fleet, waiting)).hasSize(1);
  }

  @Test
  void whatEveryMachineCanRunGoesToThePoolAndTheRestToTheMachineWithMostFreeSlots() {
    Shape codex = new Shape("codex", null, Map.of());
    Shape gpu = new Shape("command", null, Map.of("gpu", "true"));
    Fleet fleet =
        fleet(
            machine("a", 2, Map.of(), "command", "codex"),
            machine("b", 4, Map.of("gpu", "true"), "command", "codex"),
            machine("c", 9, Map.of(), "command"));
    Waiting any = waiting(1, 0, ANY);
    Waiting needsCodex = waiting(2, 0, codex);
    Waiting needsGpu = waiting(3, 0, gpu);
    assertThat(plan(fleet, List.of(any, needsCodex, needsGpu)))
        .containsExactlyInAnyOrder(
            new ReleasePlan.Pick(any, null),
            new ReleasePlan.Pick(needsCodex, new MachineId("b")),
            new ReleasePlan.Pick(needsGpu, new MachineId("b")));
  }

  @Test
  void amongEquallyFreeMachinesTheChoiceIsStable() {
    Shape codex = new Shape("codex", null, Map.of());
    Fleet fleet =
        fleet(
            machine("b", 2, Map.of(), "codex"),
            machine("a", 2, Map.of(), "codex"),
            machine("c", 2, Map.of(), "command"));
    assertThat(plan(fleet, List.of(waiting(1, 0, codex))))
        .extracting(ReleasePlan.Pick::machine)
        .containsExactly(new MachineId("a"));
  }

  @Test
  void aPinnedSessionGoesToItsMachineEvenWhereThatIsTheWholePool() {
    Shape pinned = new Shape("command", new MachineId("a"), Map.of());
    assertThat(plan(fleet(machine("a", 1, Map.of(), "command")), List.of(waiting(1, 0, pinned))))
        .extracting(ReleasePlan.Pick::machine)
        .containsExactly(new MachineId("a"));
  }

  private static HomeWait home(String machine, @Nullable Integer forSeconds) {
    return new HomeWait(
        new MachineId(machine), NINE, forSeconds == null ? null : NINE.plusSeconds(forSeconds));
  }

  private static List<@Nullable MachineId> chosenAfter(
      int seconds, Fleet fleet, @Nullable HomeWait home) {
    List<ReleasePlan.Pick> picks =
        ReleasePlan.of(
            fleet,
            Map.of(),
            Map.of(),
            List.of(waiting(1, 0, ANY, home)),
            10,
            NINE.plusSeconds(seconds));
    return picks.stream().map(ReleasePlan.Pick::machine).toList();
  }

  private static final @Nullable MachineId ANYBODY = null;

  @Test
  void whatHasStateOnAMachineGoesThere() {
    Fleet fleet = fleet(machine("a", 3, Map.of(), "command"), machine("b", 9, Map.of(), "command"));
    assertThat(chosenAfter(0, fleet, home("a", 30))).containsExactly(new MachineId("a"));
    assertThat(chosenAfter(0, fleet, home("a", null))).containsExactly(new MachineId("a"));
    assertThat(chosenAfter(99, fleet, home("a", 30))).containsExactly(new MachineId("a"));
  }

  @Test
  void forABusyMachineItWaitsNoLongerThanItShould() {
    Fleet fleet =
        new Fleet(
            List.of(machine("a", 1, Map.of(), "command"), machine("b", 1, Map.of(), "command")),
            Map.of(new MachineId("a"), 1),
            Map.of(),
            Map.of());
    assertThat(chosenAfter(29, fleet, home("a", 30))).isEmpty();
    assertThat(chosenAfter(30, fleet, home("a", 30))).containsExactly(ANYBODY);
    assertThat(chosenAfter(99, fleet, home("a", null))).isEmpty();
  }

  @Test
  void forAMachineThatWillNotTakeItItDoesNotWait() {
    Machine b = machine("b", 1, Map.of(), "command");
    Fleet draining =
        fleet(machine("a", MachineState.ONLINE, MachineState.DRAINING, 1, Map.of(), "command"), b);
    Fleet unfit = fleet(machine("a", 1, Map.of(), "codex"), b);
    for (Fleet fleet : List.of(draining, unfit, fleet(b))) {
      assertThat(chosenAfter(0, fleet, home("a", 30)))
          .hasSize(1)
          .doesNotContain(new MachineId("a"));
      assertThat(chosenAfter(99, fleet, home("a", null))).isEmpty();
    }
  }

  @Test
  void theWaitForAMachineThatIsOfflineBeganWhenItWasSeenLast() {
    Machine b = machine("b", 1, Map.of(), "command");
    Fleet gone = fleet(offlineSince("a", NINE.minusSeconds(20)), b);
    assertThat(chosenAfter(9, gone, home("a", 30))).isEmpty();
    assertThat(chosenAfter(10, gone, home("a", 30))).containsExactly(ANYBODY);
    Fleet back = fleet(machine("a", 1, Map.of(), "command"), b);
    assertThat(chosenAfter(9, back, home("a", 30))).containsExactly(new MachineId("a"));
    Fleet lost = fleet(offlineSince("a", NINE.plusSeconds(10)), b);
    assertThat(chosenAfter(29, lost, home("a", 30))).isEmpty();
    assertThat(chosenAfter(30, lost, home("a", 30))).containsExactly(ANYBODY);
  }

  static Machine offlineSince(String name, Instant lastSeen) {
    return new Machine(
        new MachineId(name),
        "host",
        "host",
        1,
        MachineState.OFFLINE,
        MachineState.ONLINE,
        "default",
        Map.of(),
        1,
        List.of(new EngineInfo("command", null)),
        "1",
        NINE,
        lastSeen);
  }

  @Test
  void whatWaitsForItsMachineHidesNothingBehindIt() {
    Fleet fleet = fleet(offlineSince("a", NINE), machine("b", 1, Map.of(), "command"));
    Waiting behind = waiting(1, 1, ANY);
    assertThat(picked(plan(fleet, List.of(waiting(1, 0, ANY, home("a", 30)), behind))))
        .containsExactly(behind);
  }

  @Test
  void aMachineThatDrainsOrIsOfflineIsOfferedNothing() {
    Fleet fleet =
        fleet(
            machine("a", MachineState.ONLINE, MachineState.DRAINING, 4, Map.of(), "command"),
            machine("b", MachineState.OFFLINE, MachineState.ONLINE, 4, Map.of(), "command"));
    assertThat(plan(fleet, List.of(waiting(1, 0, ANY)))).isEmpty();
  }

  @Test
  void whatAMachineRefusedIsOfferedToAnotherAlone() {
    Waiting refused = waiting(1, 0, ANY);
    Fleet fleet = fleet(machine("a", 4, Map.of(), "command"), machine("b", 1, Map.of(), "command"));
    assertThat(
            ReleasePlan.of(
                fleet,
                Map.of(),
                Map.of(refused.id(), Set.of(new MachineId("a"))),
                List.of(refused),
                10,
                NINE))
        .containsExactly(new ReleasePlan.Pick(refused, new MachineId("b")));
  }

  @Test
  void aProjectGetsNoMoreThanItsLimitAndOthersPassIt() {
    Map<ProjectId, ReleasePlan.Share> shares =
        Map.of(project(1), new ReleasePlan.Share(Map.of("other", 1), Map.of(), 3));
    List<Waiting> waiting = new ArrayList<>();
    IntStream.range(0, 5).forEach(i -> waiting.add(waiting(1, i, ANY)));
    Waiting other = waiting(2, 1000, ANY);
    waiting.add(other);
    Fleet fleet = fleet(machine("a", 8, Map.of(), "command"));
    List<Waiting> picked = picked(ReleasePlan.of(fleet, shares, Map.of(), waiting, 10, NINE));
    assertThat(picked).hasSize(3).contains(other);
  }

  @Test
  void whatNoMachineCanRunHidesNothingBehindIt() {
    Shape codex = new Shape("codex", null, Map.of());
    List<Waiting> waiting = new ArrayList<>();
    IntStream.range(0, 50).forEach(i -> waiting.add(waiting(1, i, codex)));
    Waiting runnable = waiting(1, 100, ANY);
    waiting.add(runnable);
    assertThat(picked(plan(fleet(machine("a", 2, Map.of(), "command")), waiting)))
        .containsExactly(runnable);
  }

  /** A model that knows only the rules of capacity, against fleets and backlogs at random. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void whateverTheFleetNoRuleOfCapacityIsBroken(long seed) {
    Random random = new Random(seed);
    List<Machine> machines = new ArrayList<>();
    Map<MachineId, Integer> occupied = new HashMap<>();
    for (int i = 0; i < 1 + random.nextInt(5); i++) {
      Machine machine =
          machine(
              "m" + i,
              1 + random.nextInt(4),
              random.nextBoolean() ? Map.of("gpu", "true") : Map.of(),
              random.nextBoolean() ? new String[] {"command", "codex"} : new String[] {"command"});
      machines.add(machine);
      occupied.put(machine.id(), random.nextInt(machine.slots() + 1));
    }
    List<Shape> shapes =
        List.of(
            ANY,
            new Shape("codex", null, Map.of()),
            new Shape("command", null, Map.of("gpu", "true")),
            new Shape("command", new MachineId("m0"), Map.of()));
    List<Waiting> waiting = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      waiting.add(waiting(random.nextInt(4), i, shapes.get(random.nextInt(shapes.size()))));
    }
    Map<ProjectId, ReleasePlan.Share> shares =
        Map.of(project(0), new ReleasePlan.Share(Map.of(), Map.of(), 2));
    List<ReleasePlan.Pick> picks =
        ReleasePlan.of(
            new Fleet(machines, occupied, Map.of(), Map.of()),
            shares,
            Map.of(),
            waiting,
            100,
            NINE);

    int free = machines.stream().mapToInt(one -> one.slots() - occupied.get(one.id())).sum();
    assertThat(picks).as("seed %d", seed).hasSizeLessThanOrEqualTo(free);
    assertThat(new HashSet<>(picked(picks))).hasSameSizeAs(picks);
    assertThat(picks.stream().filter(pick -> pick.waiting().project().equals(project(0))))
        .hasSizeLessThanOrEqualTo(2);
    for (Machine machine : machines) {
      assertThat(picks.stream().filter(pick -> machine.id().equals(pick.machine())))
          .hasSizeLessThanOrEqualTo(machine.slots() - occupied.get(machine.id()))
          .allMatch(pick -> machine.fits(pick.waiting().shape()));
    }
    assertThat(picks.stream().filter(pick -> pick.machine() == null))
        .allMatch(pick -> machines.stream().allMatch(one -> one.fits(pick.waiting().shape())));
    if (picks.size() < free) {
      // Nothing that a free machine could run was left waiting.
      Map<MachineId, Long> direct = new HashMap<>();
      picks.forEach(pick -> {
        if (pick.machine() != null) {
          direct.merge(pick.machine(), 1L, Long::sum);
        }
      });
      waiting.removeAll(picked(picks));
      long toPool = picks.stream().filter(pick -> pick.machine() == null).count();
      boolean anyFreeEverywhere = free - picks.size() > 0;
      assertThat(
              waiting.stream()
                  .filter(one -> !one.project().equals(project(0)))
                  .filter(one -> one.shape().machine() == null)
                  .filter(one -> machines.stream().allMatch(machine -> machine.fits(one.shape()))))
          .as("seed %d, %d to the pool, direct %s", seed, toPool, direct)
          .matches(left -> !anyFreeEverywhere || left.isEmpty());
    }
  }
}
