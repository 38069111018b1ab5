package dev.heddle.session.backlog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.Heartbeat.EngineInfo;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.SessionId;
import dev.heddle.session.machine.Machine;
import dev.heddle.session.session.Shape;
import dev.heddle.testkit.Property;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@link ReleasePlan} offers exactly what a slow and simple model would: look at everything that
 * waits, take the fairest, look again.
 */
class ReleaseModelTest {

  private static final Instant NINE = Instant.parse("2026-11-21T09:00:00Z");
  private static final Instant NOW = NINE.plusSeconds(5);
  private static final List<String> POOLS = List.of("default", "gpu");
  private static final List<Shape> SHAPES =
      List.of(
          new Shape("command", null, Map.of()),
          new Shape("codex", null, Map.of()),
          new Shape("command", null, Map.of("zone", "eu")),
          new Shape("command", new MachineId("m1"), Map.of()));

  /** A part of the world; a smaller world is one with fewer parts. */
  sealed interface Part {

    record Box(
        String name,
        String pool,
        int slots,
        boolean takes,
        boolean codex,
        boolean eu,
        int occupied,
        int offered,
        int silence)
        implements Part {
      Machine machine() {
        return new Machine(
            new MachineId(name),
            "host",
            "host",
            1,
            takes ? MachineState.ONLINE : MachineState.OFFLINE,
            MachineState.ONLINE,
            pool,
            eu ? Map.of("zone", "eu") : Map.of(),
            slots,
            Stream.of("command", "codex")
                .filter(engine -> codex || engine.equals("command"))
                .map(engine -> new EngineInfo(engine, null))
                .toList(),
            "1",
            NINE,
            NINE.minusSeconds(silence));
      }
    }

    record Offered(String pool, int offers) implements Part {}

    record Limit(int project, int most) implements Part {}

    record Used(int project, String pool, int inUse, int lastTurn) implements Part {}

    record Line(Waiting waiting, int number) implements Part {}

    record Refusal(int number, String machine) implements Part {}
  }

  private static List<Part> world(Random random) {
    List<Part> parts = new ArrayList<>();
    IntStream.range(0, 1 + random.nextInt(5))
        .forEach(i -> {
          int slots = 1 + random.nextInt(4);
          parts.add(
              new Part.Box(
                  "m" + i,
                  POOLS.get(random.nextInt(2)),
                  slots,
                  random.nextInt(5) > 0,
                  random.nextBoolean(),
                  random.nextBoolean(),
                  random.nextInt(slots + 2),
                  random.nextInt(4) == 0 ? 1 : 0,
                  random.nextInt(12)));
        });
    POOLS.forEach(pool -> parts.add(new Part.Offered(pool, random.nextInt(3))));
    for (int project = 0; project < 4; project++) {
      if (random.nextInt(3) == 0) {
        parts.add(new Part.Limit(project, random.nextInt(4)));
      }
      if (random.nextBoolean()) {
        parts.add(
            new Part.Used(
                project, POOLS.get(random.nextInt(2)), random.nextInt(3), random.nextInt(5)));
      }
    }
    int lines = random.nextInt(30);
    for (int i = 0; i < lines; i++) {
      parts.add(
          new Part.Line(
              new Waiting(
                  new SessionId(new UUID(0x7000L, 0x8000_0000_0000_0000L + i)),
                  project(random.nextInt(4)),
                  POOLS.get(random.nextInt(2)),
                  SHAPES.get(random.nextInt(SHAPES.size())),
                  NINE.plusSeconds(random.nextInt(6)),
                  random.nextInt(3) == 0 ? home(random) : null),
              i));
      if (random.nextInt(5) == 0) {
        parts.add(new Part.Refusal(i, "m" + random.nextInt(5)));
      }
    }
    return parts;
  }

  private static HomeWait home(Random random) {
    return new HomeWait(
        new MachineId("m" + random.nextInt(6)),
        NINE,
        random.nextInt(4) == 0 ? null : NINE.plusSeconds(random.nextInt(12)));
  }

  private static ProjectId project(int number) {
    return new ProjectId(new UUID(0x7000L, 0x9000_0000_0000_0000L + number));
  }

  /** The parts put together, and the model over them. */
  private static final class World {
    private final List<Part.Box> boxes;
    private final List<Part.Line> lines;
    private final Map<String, Integer> offers = new HashMap<>();
    private final Map<Integer, Integer> limits = new HashMap<>();
    private final List<Part.Used> used;
    private final Map<SessionId, Set<MachineId>> refusals = new HashMap<>();

    World(List<Part> parts) {
      boxes = of(parts, Part.Box.class);
      lines = of(parts, Part.Line.class);
      used = of(parts, Part.Used.class);
      of(parts, Part.Offered.class).forEach(one -> offers.put(one.pool, one.offers));
      of(parts, Part.Limit.class).forEach(one -> limits.put(one.project, one.most));
      of(parts, Part.Refusal.class)
          .forEach(one ->
              lines.stream()
                  .filter(line -> line.number == one.number)
                  .forEach(
                      line -> refusals.put(line.waiting.id(), Set.of(new MachineId(one.machine)))));
    }

    private static <T> List<T> of(List<Part> parts, Class<T> type) {
      return parts.stream().filter(type::isInstance).map(type::cast).toList();
    }

    List<ReleasePlan.Pick> real(int max) {
      Map<MachineId, Integer> occupied = new HashMap<>();
      Map<MachineId, Integer> offered = new HashMap<>();
      boxes.forEach(box -> {
        occupied.put(new MachineId(box.name), box.occupied);
        offered.put(new MachineId(box.name), box.offered);
      });
      Map<ProjectId, ReleasePlan.Share> shares = new HashMap<>();
      for (int number = 0; number < 4; number++) {
        Map<String, Integer> inUse = new HashMap<>();
        Map<String, Instant> turns = new HashMap<>();
        for (Part.Used one : used) {
          if (one.project == number) {
            inUse.put(one.pool, one.inUse);
            turns.put(one.pool, NINE.plusSeconds(one.lastTurn));
          }
        }
        shares.put(project(number), new ReleasePlan.Share(inUse, turns, limits.get(number)));
      }
      return ReleasePlan.of(
          new Fleet(boxes.stream().map(Part.Box::machine).toList(), occupied, offered, offers),
          shares,
          refusals,
          lines.stream().map(Part.Line::waiting).toList(),
          max,
          NOW);
    }

    /** One at a time, with everything counted anew each time. */
    List<ReleasePlan.Pick> model(int max) {
      List<ReleasePlan.Pick> picks = new ArrayList<>();
      List<Waiting> left = new ArrayList<>(lines.stream().map(Part.Line::waiting).toList());
      while (picks.size() < max) {
        Optional<Waiting> next =
            left.stream()
                .filter(one -> freeIn(one.pool(), picks) > 0)
                .filter(one -> !atLimit(one.project(), picks))
                .min(fairness(picks));
        if (next.isEmpty()) {
          return picks;
        }
        left.remove(next.get());
        place(next.get(), picks).ifPresent(picks::add);
      }
      return picks;
    }

    /** Within a project its order alone counts, and between projects their heads are compared. */
    private Comparator<Waiting> fairness(List<ReleasePlan.Pick> picks) {
      return Comparator.comparingInt((Waiting one) -> inUse(one.project(), one.pool(), picks))
          .thenComparing(one -> lastTurn(one.project(), one.pool()))
          .thenComparingInt(one -> lastPick(one.project(), one.pool(), picks))
          .thenComparing(Waiting::orderAt)
          .thenComparing(one -> one.id().value());
    }

    private int inUse(ProjectId project, String pool, List<ReleasePlan.Pick> picks) {
      int before =
          used.stream()
              .filter(one -> project(one.project).equals(project) && one.pool.equals(pool))
              .mapToInt(Part.Used::inUse)
              .sum();
      return before + (int) picks.stream().filter(pick -> isOf(pick, project, pool)).count();
    }

    private Instant lastTurn(ProjectId project, String pool) {
      return used.stream()
          .filter(one -> project(one.project).equals(project) && one.pool.equals(pool))
          .map(one -> NINE.plusSeconds(one.lastTurn))
          .findFirst()
          .orElse(Instant.EPOCH);
    }

    private static int lastPick(ProjectId project, String pool, List<ReleasePlan.Pick> picks) {
      return IntStream.range(0, picks.size())
          .filter(i -> isOf(picks.get(i), project, pool))
          .map(i -> i + 1)
          .max()
          .orElse(0);
    }

    private static boolean isOf(ReleasePlan.Pick pick, ProjectId project, String pool) {
      return pick.waiting().project().equals(project) && pick.waiting().pool().equals(pool);
    }

    private boolean atLimit(ProjectId project, List<ReleasePlan.Pick> picks) {
      return limits.entrySet().stream()
          .filter(limit -> project(limit.getKey()).equals(project))
          .anyMatch(limit -> {
            int has = POOLS.stream().mapToInt(pool -> inUse(project, pool, picks)).sum();
            return has >= limit.getValue();
          });
    }

    private int freeIn(String pool, List<ReleasePlan.Pick> picks) {
      int free =
          boxes.stream()
              .filter(box -> box.takes && box.pool.equals(pool))
              .mapToInt(box -> freeOn(box, picks))
              .sum();
      long toPool =
          picks.stream()
              .filter(pick -> pick.machine() == null && pick.waiting().pool().equals(pool))
              .count();
      return free - offers.getOrDefault(pool, 0) - (int) toPool;
    }

    private static int freeOn(Part.Box box, List<ReleasePlan.Pick> picks) {
      int own =
          (int)
              picks.stream()
                  .filter(pick -> Objects.equals(pick.machine(), new MachineId(box.name)))
                  .count();
      return Math.max(0, box.slots - box.occupied - box.offered) - own;
    }

    private Optional<ReleasePlan.Pick> place(Waiting one, List<ReleasePlan.Pick> picks) {
      List<Part.Box> taking =
          boxes.stream().filter(box -> box.takes && box.pool.equals(one.pool())).toList();
      List<Part.Box> able =
          taking.stream()
              .filter(box -> can(box, one.shape()))
              .filter(box -> !refuses(one, box))
              .toList();
      HomeWait home = one.home();
      if (home != null) {
        Optional<Part.Box> there =
            able.stream()
                .filter(box -> box.name.equals(home.machine().value()) && freeOn(box, picks) > 0)
                .findFirst();
        if (there.isPresent()) {
          return Optional.of(new ReleasePlan.Pick(one, home.machine()));
        }
        if (!mayLeave(one, home)) {
          return Optional.empty();
        }
      }
      boolean anyone =
          one.shape().machine() == null
              && able.size() == taking.size()
              && !refusals.containsKey(one.id())
              && !able.isEmpty();
      if (anyone) {
        return Optional.of(new ReleasePlan.Pick(one, null));
      }
      Part.Box best = null;
      for (Part.Box box : able) {
        int free = freeOn(box, picks);
        if (free > 0
            && (best == null
                || free > freeOn(best, picks)
                || (free == freeOn(best, picks) && box.name.compareTo(best.name) < 0))) {
          best = box;
        }
      }
      return Optional.ofNullable(best)
          .map(box -> new ReleasePlan.Pick(one, new MachineId(box.name)));
    }

    private boolean mayLeave(Waiting one, HomeWait home) {
      if (home.until() == null) {
        return false;
      }
      Optional<Part.Box> box =
          boxes.stream()
              .filter(some -> some.name.equals(home.machine().value()))
              .filter(some -> some.pool.equals(one.pool()) && can(some, one.shape()))
              .findFirst();
      if (box.isEmpty()) {
        return true;
      }
      int waited = 5 + (box.get().takes ? 0 : box.get().silence);
      return NINE.plusSeconds(waited).compareTo(home.until()) >= 0;
    }

    private static boolean can(Part.Box box, Shape shape) {
      boolean engine = shape.engine().equals("command") || box.codex;
      boolean labels = shape.labels().isEmpty() || box.eu;
      boolean name = shape.machine() == null || shape.machine().value().equals(box.name);
      return engine && labels && name;
    }

    private boolean refuses(Waiting one, Part.Box box) {
      return refusals.getOrDefault(one.id(), Set.of()).contains(new MachineId(box.name));
    }
  }

  @Test
  void whateverWaitsThePlanIsThatOfTheModel() {
    Property.check(
        3_000,
        ReleaseModelTest::world,
        parts -> {
          for (int max : List.of(100, 3)) {
            assertThat(new World(parts).real(max)).isEqualTo(new World(parts).model(max));
          }
          return Optional.empty();
        });
  }
}
