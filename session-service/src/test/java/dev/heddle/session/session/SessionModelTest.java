package dev.heddle.session.session;

import static dev.heddle.session.session.Samples.LEASE;
import static dev.heddle.session.session.Samples.NINE;
import static dev.heddle.session.session.Samples.ONE;
import static dev.heddle.session.session.Samples.queued;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.Failure;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.OnLost;
import dev.heddle.contracts.Outcome;
import dev.heddle.contracts.Phase;
import dev.heddle.contracts.SessionEvent;
import dev.heddle.contracts.SessionFact;
import dev.heddle.testkit.Property;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever happens to a session in whichever order, the decisions of {@link Lifecycle} agree with a
 * model that knows nothing of its table, and the rules of every session hold.
 */
class SessionModelTest {

  private static final int MAX_ATTEMPTS = 3;
  private static final ApprovalId TWO = new ApprovalId(UUID.randomUUID());

  enum Fact {
    PHASE,
    START,
    MESSAGE,
    ANSWER,
    ASK_ONE,
    ASK_TWO,
    DECIDED_ONE,
    WITHDRAWN_TWO,
    COMPLETED,
    FAILED,
    FAILED_FOR_NOW,
    ENDED_BY_ITS_MACHINE,
    GIVEN_BACK,
    CANCELLED
  }

  /** What comes from outside. */
  sealed interface Step {

    /** A claim wins, if one can. */
    record Grant() implements Step {}

    record Cancel(String by) implements Step {}

    /** The worker is gone. */
    record Lose() implements Step {}

    /**
     * A fact, perhaps not from whom it should be.
     *
     * @param attempts back from the current attempt; 0 is the current one
     * @param repeats how far back in its sequence; 0 is a new one
     * @param stranger whether another machine, or an earlier life of it, says it
     */
    record Report(Fact fact, int attempts, int repeats, boolean stranger) implements Step {}
  }

  private static List<Step> steps(Random random) {
    List<Step> steps = new ArrayList<>();
    int length = 1 + random.nextInt(40);
    for (int i = 0; i < length; i++) {
      int roll = random.nextInt(100);
      if (roll < 25) {
        steps.add(new Step.Grant());
      } else if (roll < 31) {
        steps.add(new Step.Cancel(random.nextBoolean() ? "ann" : "bob"));
      } else if (roll < 40) {
        steps.add(new Step.Lose());
      } else {
        Fact fact = Fact.values()[random.nextInt(Fact.values().length)];
        boolean honest = random.nextInt(4) > 0;
        steps.add(
            new Step.Report(
                fact,
                honest ? 0 : random.nextInt(3),
                honest ? 0 : random.nextInt(3),
                !honest && random.nextInt(3) == 0));
      }
    }
    return steps;
  }

  /** What a session is, as one would explain it to a person. */
  private static final class Model {
    private final OnLost onLost;
    String status = "queued";
    int attempt;
    boolean started;
    int failures;
    boolean held;
    long seq;
    long version = 1;
    String cancelledBy;
    final Set<Fact> asked = EnumSet.noneOf(Fact.class);

    Model(OnLost onLost) {
      this.onLost = onLost;
    }

    boolean inHands() {
      return List.of("claimed", "running", "waiting", "stopping").contains(status);
    }

    boolean over() {
      return List.of("completed", "failed", "cancelled").contains(status);
    }

    void grant() {
      asked.clear();
      status = "claimed";
      attempt++;
      started = false;
      seq = 0;
      held = false;
      version++;
    }

    void cancel(String by) {
      if (!over() && !status.equals("stopping")) {
        status = inHands() ? "stopping" : "cancelled";
        cancelledBy = by;
        version++;
      }
    }

    void lose() {
      version++;
      if (status.equals("stopping")) {
        status = "cancelled";
      } else {
        again(onLost == OnLost.HOLD && started);
      }
    }

    private void again(boolean hold) {
      failures++;
      if (failures < MAX_ATTEMPTS) {
        status = "queued";
        held = hold;
      } else {
        status = "failed";
      }
    }

    /** A fact of the current attempt that is new. */
    void hear(Fact fact) {
      seq++;
      switch (fact) {
        case PHASE -> version += status.equals("claimed") ? 1 : 0;
        case START -> {
          version++;
          started = true;
          status = status.equals("claimed") ? "running" : status;
        }
        case MESSAGE -> version++;
        case ANSWER -> {}
        case ASK_ONE, ASK_TWO -> {
          version++;
          asked.add(fact);
          status = status.equals("running") ? "waiting" : status;
        }
        case DECIDED_ONE -> settle(Fact.ASK_ONE);
        case WITHDRAWN_TWO -> settle(Fact.ASK_TWO);
        case COMPLETED, FAILED, FAILED_FOR_NOW, ENDED_BY_ITS_MACHINE, GIVEN_BACK, CANCELLED -> {
          version++;
          end(fact);
        }
      }
    }

    private void settle(Fact question) {
      if (asked.remove(question)) {
        version++;
        status = status.equals("waiting") && asked.isEmpty() ? "running" : status;
      }
    }

    private void end(Fact fact) {
      if (status.equals("stopping")) {
        status = fact == Fact.COMPLETED ? "completed" : "cancelled";
      } else if (fact == Fact.COMPLETED) {
        status = started ? "completed" : "failed";
      } else if (fact == Fact.CANCELLED) {
        status = "cancelled";
      } else if (fact == Fact.FAILED_FOR_NOW && !started) {
        again(false);
      } else if (fact == Fact.ENDED_BY_ITS_MACHINE) {
        again(onLost == OnLost.HOLD && started);
      } else if (fact == Fact.GIVEN_BACK) {
        status = "queued";
        held = onLost == OnLost.HOLD && started;
      } else {
        failures++;
        status = "failed";
      }
    }
  }

  /** The session itself, and all that was told of it. */
  private static final class Real {
    private final RetryPolicy policy;
    Session session = queued();
    final List<Integer> closed = new ArrayList<>();

    Real(OnLost onLost) {
      this.policy = new RetryPolicy(MAX_ATTEMPTS, onLost, Duration.ofSeconds(5));
    }

    void take(Change change) {
      assertThat(change.after().version()).isEqualTo(session.version() + 1);
      assertThat(change.closed() != null)
          .as("closes an attempt")
          .isEqualTo(session.inHands() && !change.after().inHands());
      if (change.closed() != null) {
        assertThat(change.closed()).isEqualTo(session.attemptNumber());
        closed.add(change.closed());
      }
      session = change.after();
    }

    void grant() {
      take(
          Lifecycle.grant(
              session,
              Attempt.granted(
                  session.attemptNumber() + 1,
                  ONE,
                  session.attemptNumber() + 1,
                  new ClaimId(UUID.randomUUID()),
                  0,
                  LEASE,
                  NINE),
              null));
    }

    Lifecycle.Verdict hear(Step.Report report, long seq) {
      int attempt = session.attemptNumber() - report.attempts();
      SessionEvent event =
          new SessionEvent(
              session.id(),
              session.request().threadId(),
              attempt,
              report.stranger() ? new MachineId("worker-2") : ONE,
              attempt,
              seq,
              NINE,
              factOf(report.fact()));
      return Lifecycle.accept(session, event, policy);
    }
  }

  private static SessionFact factOf(Fact fact) {
    return switch (fact) {
      case PHASE -> new SessionFact.PhaseEntered(Phase.PREPARING);
      case START -> new SessionFact.EngineStarted(null, "/srv/here", null);
      case MESSAGE ->
          new SessionFact.MessageCompleted(
              new MessageId(UUID.randomUUID()), "text", MessageStatus.COMPLETED, false);
      case ANSWER -> new SessionFact.CommandAnswered(new CommandId(UUID.randomUUID()), true, null);
      case ASK_ONE -> Samples.asks(Samples.APPROVAL);
      case ASK_TWO -> Samples.asks(TWO);
      case DECIDED_ONE -> Samples.answers(Samples.APPROVAL, true);
      case WITHDRAWN_TWO -> Samples.withdraws(TWO);
      case COMPLETED -> new SessionFact.AttemptEnded(Outcome.COMPLETED, 0, null);
      case FAILED ->
          new SessionFact.AttemptEnded(Outcome.FAILED, 1, new Failure("exit", "exit 1", false));
      case FAILED_FOR_NOW ->
          new SessionFact.AttemptEnded(Outcome.FAILED, null, new Failure("clone", "no", true));
      case ENDED_BY_ITS_MACHINE ->
          new SessionFact.AttemptEnded(
              Outcome.FAILED, null, new Failure("worker_error", "out of memory", true));
      case GIVEN_BACK ->
          new SessionFact.AttemptEnded(
              Outcome.FAILED, null, new Failure("worker_stopped", "stopped", true));
      case CANCELLED ->
          new SessionFact.AttemptEnded(
              Outcome.CANCELLED, 143, new Failure("cancelled", "cancelled", false));
    };
  }

  @ParameterizedTest
  @EnumSource
  void whateverHappensTheSessionIsWhereTheModelIs(OnLost onLost) {
    Property.check(
        4_000,
        SessionModelTest::steps,
        steps -> {
          Model model = new Model(onLost);
          Real real = new Real(onLost);
          for (Step step : steps) {
            happen(step, model, real);
            compare(model, real);
          }
          return Optional.empty();
        });
  }

  private static void happen(Step step, Model model, Real real) {
    switch (step) {
      case Step.Grant() -> {
        if (model.status.equals("queued")) {
          model.grant();
          real.grant();
        }
      }
      case Step.Cancel(String by) -> {
        model.cancel(by);
        Lifecycle.cancel(real.session, by, null, NINE).ifPresent(real::take);
      }
      case Step.Lose() -> {
        if (model.inHands()) {
          model.lose();
          real.take(Lifecycle.lose(real.session, "gone", real.policy, NINE));
        }
      }
      case Step.Report report -> hear(report, model, real);
    }
  }

  private static void hear(Step.Report report, Model model, Real real) {
    Session before = real.session;
    long seq = Math.max(1, model.seq + 1 - report.repeats());
    boolean foreign = model.attempt == 0 || report.attempts() > 0 || report.stranger();
    boolean known = !foreign && seq <= model.seq;
    Lifecycle.Verdict verdict = real.hear(report, seq);
    if (foreign || (!known && !model.inHands())) {
      assertThat(verdict).isInstanceOf(Lifecycle.Verdict.Stale.class);
    } else if (known) {
      assertThat(verdict).isInstanceOf(Lifecycle.Verdict.Repeated.class);
    } else {
      model.hear(report.fact());
      switch (verdict) {
        case Lifecycle.Verdict.Accepted(Change change) -> real.take(change);
        case Lifecycle.Verdict.Noted(Session after) -> real.session = after;
        default -> throw new AssertionError("refused: " + verdict);
      }
      return;
    }
    assertThat(real.session).isSameAs(before);
  }

  private static void compare(Model model, Real real) {
    Session session = real.session;
    assertThat(session.status().wire()).as("status").isEqualTo(model.status);
    assertThat(session.attemptNumber()).as("attempt").isEqualTo(model.attempt);
    assertThat(session.failures()).as("failures").isEqualTo(model.failures);
    assertThat(session.held()).as("held").isEqualTo(model.held && model.status.equals("queued"));
    assertThat(session.version()).as("version").isEqualTo(model.version);
    assertThat(session.inHands()).as("in hands").isEqualTo(model.inHands());
    int open = session.attempt() == null ? 0 : session.attempt().open().size();
    assertThat(open).as("open").isEqualTo(model.inHands() ? model.asked.size() : 0);
    assertThat(session.ending() != null).as("has an ending").isEqualTo(model.over());
    int over = model.attempt - (model.inHands() ? 1 : 0);
    assertThat(real.closed)
        .as("attempts closed, each once and in order")
        .containsExactlyElementsOf(
            java.util.stream.IntStream.rangeClosed(1, over).boxed().toList());
    if (model.status.equals("cancelled") && model.cancelledBy != null) {
      assertThat(session.endedBy()).as("ended by").isEqualTo(model.cancelledBy);
    }
  }
}
