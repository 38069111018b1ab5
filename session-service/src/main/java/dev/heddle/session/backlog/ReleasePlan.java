package dev.heddle.session.backlog;

import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.SessionId;
import dev.heddle.session.machine.Machine;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is offered to whom. Fair between the projects of a pool: the next session comes from
 * the project that has the fewest in hands or offered there, then from the one whose turn is
 * longest ago, then by order; within a project order alone decides. So a flood of one project
 * delays another's first session by one release at most.
 */
final class ReleasePlan {

  /**
   * What a project has already.
   *
   * @param inUse its sessions in hands or offered, by pool
   * @param lastTurn when it last had one offered, by pool
   * @param limit how many it may have in all pools together; null for no limit
   */
  record Share(Map<String, Integer> inUse, Map<String, Instant> lastTurn, @Nullable Integer limit) {

    static final Share NONE = new Share(Map.of(), Map.of(), null);

    int total() {
      return inUse.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  /**
   * An offer to make.
   *
   * @param machine the one machine to ask; null for the whole pool
   */
  record Pick(Waiting waiting, @Nullable MachineId machine) {}

  private static final Comparator<Line> FAIR =
      Comparator.comparingInt((Line line) -> line.inUse)
          .thenComparing(line -> line.lastTurn)
          .thenComparingLong(line -> line.turnInPlan)
          .thenComparing(Line::head, Waiting.ORDER);

  private final Fleet fleet;
  private final Map<ProjectId, Share> shares;
  private final Map<SessionId, Set<MachineId>> refusals;
  private final Instant now;
  private final Map<ProjectId, Integer> totals = new HashMap<>();

  private ReleasePlan(
      Fleet fleet,
      Map<ProjectId, Share> shares,
      Map<SessionId, Set<MachineId>> refusals,
      Instant now) {
    this.fleet = fleet;
    this.shares = shares;
    this.refusals = refusals;
    this.now = now;
  }

  /**
   * @param refusals machines that are not to be asked, by session
   * @param max how many offers to make at most
   */
  static List<Pick> of(
      Fleet fleet,
      Map<ProjectId, Share> shares,
      Map<SessionId, Set<MachineId>> refusals,
      Collection<Waiting> waiting,
      int max,
      Instant now) {
    return new ReleasePlan(fleet, shares, refusals, now).pick(waiting, max);
  }

  private List<Pick> pick(Collection<Waiting> waiting, int max) {
    PriorityQueue<Line> lines = new PriorityQueue<>(FAIR);
    lines.addAll(linesOf(waiting));
    List<Pick> picks = new ArrayList<>();
    while (picks.size() < max && !lines.isEmpty()) {
      Line line = lines.remove();
      if (fleet.freeIn(line.pool) <= 0 || limitReached(line.project)) {
        continue;
      }
      Waiting head = line.waiting.removeFirst();
      Optional<Pick> pick = place(head);
      if (pick.isPresent()) {
        picks.add(pick.get());
        totals.merge(line.project, 1, Integer::sum);
        line.inUse++;
        line.turnInPlan = picks.size();
      }
      if (!line.waiting.isEmpty()) {
        lines.add(line);
      }
    }
    return picks;
  }

  private Collection<Line> linesOf(Collection<Waiting> waiting) {
    record Key(String pool, ProjectId project) {}
    Map<Key, Line> lines = new HashMap<>();
    waiting.stream()
        .sorted(Waiting.ORDER)
        .forEach(one ->
            lines
                .computeIfAbsent(
                    new Key(one.pool(), one.project()),
                    key -> new Line(key.pool, key.project, share(key.project)))
                .waiting
                .addLast(one));
    return lines.values();
  }

  private Optional<Pick> place(Waiting waiting) {
    Set<MachineId> refusing = refusals.getOrDefault(waiting.id(), Set.of());
    List<Machine> able =
        fleet.fitting(waiting.pool(), waiting.shape()).stream()
            .filter(machine -> !refusing.contains(machine.id()))
            .toList();
    if (able.isEmpty()) {
      return Optional.empty();
    }
    HomeWait home = waiting.home();
    if (home != null) {
      Optional<Machine> there =
          able.stream()
              .filter(one -> one.id().equals(home.machine()) && fleet.freeOn(one.id()) > 0)
              .findFirst();
      if (there.isPresent() || !mayLeave(waiting, home)) {
        return there.map(machine -> offer(waiting, machine));
      }
    }
    boolean pinned = waiting.shape().machine() != null;
    if (!pinned && fleet.isWholePool(waiting.pool(), able, refusing)) {
      fleet.offerToPool(waiting.pool());
      return Optional.of(new Pick(waiting, null));
    }
    return able.stream()
        .filter(machine -> fleet.freeOn(machine.id()) > 0)
        .max(
            Comparator.comparingInt((Machine machine) -> fleet.freeOn(machine.id()))
                .thenComparing(machine -> machine.id().value(), Comparator.reverseOrder()))
        .map(machine -> offer(waiting, machine));
  }

  private Pick offer(Waiting waiting, Machine machine) {
    fleet.offerTo(machine.id());
    return new Pick(waiting, machine.id());
  }

  /** Whether a session need not wait any longer for the machine that has what it goes on with. */
  private boolean mayLeave(Waiting waiting, HomeWait home) {
    return home.isOver(fleet.missingSince(home.machine(), waiting.pool(), waiting.shape()), now);
  }

  private boolean limitReached(ProjectId project) {
    Share share = share(project);
    Integer limit = share.limit();
    return limit != null && share.total() + totals.getOrDefault(project, 0) >= limit;
  }

  private Share share(ProjectId project) {
    return shares.getOrDefault(project, Share.NONE);
  }

  /** The line of one project before one pool. */
  private static final class Line {
    private final String pool;
    private final ProjectId project;
    private final Instant lastTurn;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private int inUse;
    private long turnInPlan;

    Line(String pool, ProjectId project, Share share) {
      this.pool = pool;
      this.project = project;
      this.inUse = share.inUse().getOrDefault(pool, 0);
      this.lastTurn = share.lastTurn().getOrDefault(pool, Instant.EPOCH);
    }

    Waiting head() {
      return waiting.getFirst();
    }
  }
}
