package dev.heddle.session.backlog;

import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.SessionId;
import dev.heddle.session.machine.Machine;
import dev.heddle.session.offer.Offer;
import dev.heddle.session.session.Session;
import dev.heddle.session.session.Shape;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Why a queued session does not run yet.
 *
 * @param text for people
 * @param place in the line of its pool, from 1; null where it stands in none, since it is offered,
 *     held or paused
 */
public record WaitingReason(WaitCode code, String text, @Nullable Integer place) {

  /**
   * What is known around one session.
   *
   * @param offer the standing offer
   * @param threadBlocker an unfinished session of its thread ahead of it
   * @param refusals machines that refused it lately, and why; the latest first
   * @param place in line, from 1
   * @param pause for how long it is offered to nobody yet; null where it may be at once
   * @param home the machine that it waits for; null for any
   */
  record Around(
      Fleet fleet,
      @Nullable Offer offer,
      @Nullable SessionId threadBlocker,
      Map<MachineId, String> refusals,
      ReleasePlan.Share share,
      @Nullable Integer place,
      @Nullable Duration pause,
      @Nullable HomeWait home,
      Instant now) {}

  static WaitingReason of(Session session, Around around) {
    if (session.held()) {
      String why = Objects.requireNonNullElse(session.reason(), "held until a person has looked");
      return new WaitingReason(WaitCode.HELD, why, null);
    }
    Offer offer = around.offer();
    if (offer != null) {
      String text =
          offer.machine() == null
              ? "offered, waiting for a worker to claim"
              : "offered to %s, waiting for it to claim".formatted(offer.machine());
      return new WaitingReason(WaitCode.OFFERED, text, null);
    }
    Duration pause = around.pause();
    if (pause != null) {
      // Rounded up: it is never tried earlier than it says.
      String text =
          "%s; tried again in %d s"
              .formatted(
                  Objects.requireNonNullElse(session.reason(), "it failed for a passing cause"),
                  pause.plusMillis(999).toSeconds());
      return new WaitingReason(WaitCode.PAUSED, text, null);
    }
    return reason(session, around);
  }

  private static WaitingReason reason(Session session, Around around) {
    SessionId blocker = around.threadBlocker();
    if (blocker != null) {
      return because(
          WaitCode.THREAD_BUSY,
          "waits for session %s of the same thread".formatted(blocker),
          around);
    }
    String pool = session.request().requirements().pool();
    Shape shape = Shape.of(session.request().requirements());
    return pinned(pool, shape, around)
        .or(() -> homeAwaited(pool, shape, around))
        .or(() -> unfit(pool, shape, around))
        .orElseGet(() -> crowded(pool, shape, around));
  }

  private static Optional<WaitingReason> pinned(String pool, Shape shape, Around around) {
    MachineId wanted = shape.machine();
    if (wanted == null) {
      return Optional.empty();
    }
    Optional<Machine> known =
        around.fleet().all().stream().filter(one -> one.id().equals(wanted)).findFirst();
    return known
        .map(machine -> whyNot(machine, pool, shape))
        .orElseGet(() -> Optional.of("machine %s is unknown".formatted(wanted)))
        .map(text -> because(WaitCode.MACHINE_UNAVAILABLE, text, around));
  }

  private static Optional<WaitingReason> homeAwaited(String pool, Shape shape, Around around) {
    HomeWait home = around.home();
    if (home == null || limitReached(around)) {
      return Optional.empty();
    }
    Instant missing = around.fleet().missingSince(home.machine(), pool, shape);
    if (home.isOver(missing, around.now())) {
      return Optional.empty();
    }
    Instant end = home.end(missing);
    // Rounded up: it never goes elsewhere earlier than it says. A time stays the same while people
    // look, which a count of seconds would not.
    String howLong =
        end == null ? "" : " until " + end.plusNanos(999_999_999).truncatedTo(ChronoUnit.SECONDS);
    return obstacle(home.machine(), pool, shape, around)
        .map(obstacle ->
            because(
                WaitCode.HOME_AWAITED,
                "waits%s for machine %s, which has its %s: %s"
                    .formatted(
                        howLong, home.machine(), end == null ? "checkout" : "state", obstacle),
                around));
  }

  private static Optional<String> obstacle(
      MachineId home, String pool, Shape shape, Around around) {
    Machine machine = around.fleet().find(home);
    if (machine == null) {
      return Optional.of("it is unknown");
    }
    String refusal = around.refusals().get(home);
    if (refusal != null) {
      return Optional.of("it refused: " + refusal);
    }
    return whyNot(machine, pool, shape)
        .or(() ->
            around.fleet().freeOn(home) > 0
                ? Optional.empty()
                : Optional.of("all its %d slots are busy".formatted(machine.slots())));
  }

  private static boolean limitReached(Around around) {
    Integer limit = around.share().limit();
    return limit != null && around.share().total() >= limit;
  }

  private static Optional<String> whyNot(Machine machine, String pool, Shape shape) {
    if (machine.shown() != MachineState.ONLINE) {
      return Optional.of("machine %s is %s".formatted(machine.id(), machine.shown().wire()));
    }
    if (!machine.pool().equals(pool)) {
      return Optional.of(
          "machine %s is in pool %s, not in %s".formatted(machine.id(), machine.pool(), pool));
    }
    if (!machine.offers(shape.engine())) {
      return Optional.of(
          machine
              .whyUnavailable(shape.engine())
              .map(why ->
                  "machine %s cannot start %s: %s".formatted(machine.id(), shape.engine(), why))
              .orElseGet(
                  () -> "machine %s does not offer %s".formatted(machine.id(), shape.engine())));
    }
    return missingLabel(shape, List.of(machine))
        .map(label -> "label %s is not on machine %s".formatted(label, machine.id()));
  }

  private static Optional<WaitingReason> unfit(String pool, Shape shape, Around around) {
    List<Machine> taking = around.fleet().taking(pool);
    if (taking.isEmpty()) {
      return Optional.of(
          because(WaitCode.NO_MACHINE, "no machine is online in pool %s".formatted(pool), around));
    }
    if (!around.fleet().fitting(pool, shape).isEmpty()) {
      return Optional.empty();
    }
    if (taking.stream().noneMatch(machine -> machine.offers(shape.engine()))) {
      return Optional.of(
          because(WaitCode.ENGINE_MISSING, missingEngine(shape.engine(), taking), around));
    }
    return missingLabel(shape, taking)
        .map(label ->
            because(
                WaitCode.LABEL_MISSING,
                "label %s is on no online machine".formatted(label),
                around))
        .or(() ->
            Optional.of(
                because(
                    WaitCode.NO_MACHINE_FITS,
                    "no machine has engine %s and all labels %s"
                        .formatted(shape.engine(), new TreeMap<>(shape.labels())),
                    around)));
  }

  /** With the cause where a machine has it and cannot start it: that is nearer than another one. */
  private static String missingEngine(String engine, List<Machine> machines) {
    String missing = "no machine offers %s".formatted(engine);
    return machines.stream()
        .flatMap(machine ->
            machine
                .whyUnavailable(engine)
                .map(why -> "%s; machine %s has it, but: %s".formatted(missing, machine.id(), why))
                .stream())
        .findFirst()
        .orElse(missing);
  }

  private static Optional<String> missingLabel(Shape shape, List<Machine> machines) {
    return new TreeMap<>(shape.labels())
        .entrySet().stream()
            .filter(label ->
                machines.stream()
                    .noneMatch(one -> label.getValue().equals(one.labels().get(label.getKey()))))
            .map(label -> label.getKey() + "=" + label.getValue())
            .findFirst();
  }

  private static WaitingReason crowded(String pool, Shape shape, Around around) {
    if (limitReached(around)) {
      return because(
          WaitCode.PROJECT_LIMIT,
          "project limit %d reached".formatted(around.share().limit()),
          around);
    }
    Fleet fleet = around.fleet();
    List<Machine> fitting = fleet.fitting(pool, shape);
    if (fitting.stream().map(Machine::id).allMatch(around.refusals()::containsKey)) {
      Map.Entry<MachineId, String> latest = around.refusals().entrySet().iterator().next();
      return because(
          WaitCode.REFUSED,
          "machine %s refused it: %s".formatted(latest.getKey(), latest.getValue()),
          around);
    }
    int slots = fitting.stream().mapToInt(Machine::slots).sum();
    boolean whole = fitting.size() == fleet.taking(pool).size();
    int free =
        Math.min(
            fleet.freeIn(pool),
            fitting.stream().mapToInt(machine -> fleet.freeOn(machine.id())).sum());
    Integer place = around.place();
    String ahead =
        place == null || place <= 1
            ? ""
            : " (%d session%s ahead)".formatted(place - 1, place == 2 ? "" : "s");
    if (free <= 0) {
      String text =
          whole
              ? "all %d slots of pool %s are busy%s".formatted(slots, pool, ahead)
              : "all %d slots that can run it are busy%s".formatted(slots, ahead);
      return because(WaitCode.SLOTS_BUSY, text, around);
    }
    return because(WaitCode.DUE, "about to be offered" + ahead, around);
  }

  private static WaitingReason because(WaitCode code, String text, Around around) {
    return new WaitingReason(code, text, around.place());
  }
}
