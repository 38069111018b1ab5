package dev.heddle.session.session;

import static dev.heddle.session.session.Samples.LEASE;
import static dev.heddle.session.session.Samples.NINE;
import static dev.heddle.session.session.Samples.RESUME;
import static dev.heddle.session.session.Samples.accepted;
import static dev.heddle.session.session.Samples.claimed;
import static dev.heddle.session.session.Samples.ended;
import static dev.heddle.session.session.Samples.in;
import static dev.heddle.session.session.Samples.queued;
import static dev.heddle.session.session.Samples.running;
import static dev.heddle.session.session.Samples.stopping;
import static dev.heddle.session.session.Samples.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.Outcome;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class TransitionsTest {

  record Step(SessionStatus from, Trigger trigger) {}

  /** Every way a session is moved, through the decisions that the service takes. */
  private static List<Change> everyDecision() {
    List<Change> changes = new ArrayList<>();
    changes.add(
        Lifecycle.grant(
            queued(),
            Attempt.granted(1, Samples.ONE, 1, new ClaimId(UUID.randomUUID()), 0, LEASE, NINE),
            null));
    changes.add(accepted(claimed(), 1, new SessionFact.EngineStarted(null, "/w", null)));
    for (Session session : List.of(queued(), claimed(), running(), waiting())) {
      changes.add(Lifecycle.cancel(session, "bob", null, NINE).orElseThrow());
    }
    for (Session session : List.of(claimed(), running(), waiting(), stopping())) {
      changes.add(Lifecycle.lose(session, "lease expired", RESUME, NINE));
      for (Outcome outcome : Outcome.values()) {
        changes.add(accepted(session, 9, ended(outcome)));
      }
    }
    changes.add(accepted(running(), 2, Samples.asks(Samples.APPROVAL)));
    changes.add(accepted(waiting(), 9, Samples.withdraws(Samples.APPROVAL)));
    return changes;
  }

  private static Change moved(Session session, Trigger trigger) {
    return Lifecycle.move(
        session, trigger, new Lifecycle.Cause("worker", "asked", null, NINE), null, null);
  }

  @Test
  void everyLineOfTheTableIsVisitedAndLeadsWhereItSays() {
    Set<Transitions.Transition> visited =
        everyDecision().stream()
            .map(change ->
                new Transitions.Transition(
                    change.from(), change.trigger(), change.after().status()))
            .collect(Collectors.toSet());
    assertThat(visited).containsExactlyInAnyOrderElementsOf(Transitions.TABLE);
  }

  static Stream<Step> forbidden() {
    Set<Step> allowed = new HashSet<>();
    Transitions.TABLE.forEach(line -> allowed.add(new Step(line.from(), line.trigger())));
    return Arrays.stream(SessionStatus.values())
        .flatMap(from -> EnumSet.allOf(Trigger.class).stream().map(by -> new Step(from, by)))
        .filter(step -> !allowed.contains(step));
  }

  @ParameterizedTest
  @MethodSource("forbidden")
  void whatIsNotInTheTableIsRefused(Step step) {
    assertThatIllegalStateException()
        .isThrownBy(() -> moved(in(step.from()), step.trigger()))
        .withMessageContaining(step.from().wire());
  }

  @ParameterizedTest
  @EnumSource(
      value = SessionStatus.class,
      names = {"COMPLETED", "FAILED", "CANCELLED"})
  void nothingLeavesAnEnd(SessionStatus end) {
    assertThat(Transitions.TABLE).extracting(Transitions.Transition::from).doesNotContain(end);
  }

  @Test
  void noTriggerLeadsToTwoPlaces() {
    assertThat(Transitions.TABLE)
        .extracting(line -> new Step(line.from(), line.trigger()))
        .doesNotHaveDuplicates();
  }

  @Test
  void theDiagramInTheDocsIsTheTable() throws IOException {
    StringBuilder diagram = new StringBuilder();
    diagram.append("# Session states\n\n");
    diagram.append("Generated from `Transitions` in session-service; a test compares it.\n\n");
    diagram.append("```mermaid\nstateDiagram-v2\n  [*] --> queued: requested\n");
    for (Transitions.Transition line : Transitions.TABLE) {
      diagram.append(
          "  %s --> %s: %s\n"
              .formatted(line.from().wire(), line.to().wire(), line.trigger().meaning()));
    }
    for (SessionStatus status : SessionStatus.values()) {
      if (status.isDone()) {
        diagram.append("  %s --> [*]\n".formatted(status.wire()));
      }
    }
    diagram.append("```\n");
    String generated = diagram.toString();
    Files.writeString(Path.of("target", "session-states.md"), generated);
    assertThat(Path.of("..", "docs", "session-states.md")).hasContent(generated);
  }
}
