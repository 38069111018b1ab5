package dev.heddle.thread.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Walks every pair of a status and a trigger through the run itself. */
class RunTransitionsTest {

  private static final Instant NOW = Instant.parse("2026-11-21T09:00:00Z");

  private final ThreadId thread = new ThreadId(UUID.randomUUID());
  private final SessionId session = new SessionId(UUID.randomUUID());

  @Test
  void everyTransitionOfTheTableIsVisitedAndNoOther() {
    Set<RunTransitions.Rule> visited = new HashSet<>();
    for (RunStatus from : RunStatus.values()) {
      for (RunTrigger trigger : RunTrigger.values()) {
        ThreadRun run = inStatus(from);
        Transition moved = pull(run, trigger);
        if (moved == null) {
          assertThat(run.status()).as("%s on %s stays", from, trigger).isEqualTo(from);
        } else {
          assertThat(moved.from()).isEqualTo(from);
          assertThat(run.status()).isEqualTo(moved.to());
          visited.add(new RunTransitions.Rule(from, trigger, moved.to()));
        }
      }
    }
    assertThat(visited).containsExactlyInAnyOrderElementsOf(RunTransitions.TABLE);
  }

  @Test
  void noPairOfStatusAndTriggerHasTwoRules() {
    assertThat(RunTransitions.TABLE.stream().map(rule -> rule.from() + " " + rule.trigger()))
        .doesNotHaveDuplicates();
  }

  @Test
  void aBusyThreadCannotBeDispatched() {
    for (RunStatus status : RunStatus.values()) {
      if (status.isBusy()) {
        ThreadRun run = inStatus(status);
        assertThatThrownBy(() -> run.dispatch(session, "local", "dispatched", NOW))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining(status.wire());
      }
    }
  }

  @Test
  void theDiagramInTheDocumentationIsThatOfTheTable() throws Exception {
    String generated = RunTransitions.document();
    // Copy this file over the committed one after a change of the table.
    Files.writeString(Path.of("target", "thread-run-status.md"), generated);
    assertThat(Path.of("..", "docs", "thread-run-status.md")).hasContent(generated);
  }

  private ThreadRun inStatus(RunStatus status) {
    ThreadRun run = new ThreadRun(thread, NOW);
    if (status.isBusy()) {
      run.dispatch(session, "local", "dispatched", NOW);
      switch (status) {
        case RUNNING -> run.follow(change(SessionStatus.RUNNING));
        case WAITING -> run.follow(change(SessionStatus.WAITING));
        case STOPPING -> run.follow(change(SessionStatus.STOPPING));
        case IDLE, QUEUED -> {}
      }
    }
    assertThat(run.status()).isEqualTo(status);
    return run;
  }

  /** Null where nothing moves, also because the run refuses. */
  private Transition pull(ThreadRun run, RunTrigger trigger) {
    return switch (trigger) {
      case DISPATCHED ->
          run.status().isBusy() ? null : run.dispatch(session, "local", "dispatched", NOW);
      case STOP_REQUESTED ->
          run.activeSession() == null ? null : run.stop("local", "thread archived", NOW);
      case SESSION_QUEUED -> follow(run, SessionStatus.QUEUED);
      case SESSION_RUNNING -> follow(run, SessionStatus.CLAIMED);
      case SESSION_WAITING -> follow(run, SessionStatus.WAITING);
      case SESSION_STOPPING -> follow(run, SessionStatus.STOPPING);
      case SESSION_ENDED -> follow(run, SessionStatus.COMPLETED);
    };
  }

  private Transition follow(ThreadRun run, SessionStatus status) {
    if (!run.status().isBusy()) {
      run.adopt(session, null);
    }
    return run.follow(change(status));
  }

  private dev.heddle.contracts.SessionChanged change(SessionStatus status) {
    return new SessionScript(thread, session).becomes(status).last();
  }
}
