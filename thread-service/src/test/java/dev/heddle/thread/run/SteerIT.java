package dev.heddle.thread.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.CommandOutcome;
import dev.heddle.contracts.CommandOutcome.Result;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.InputRequested;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** What is said to an engine while it runs. */
class SteerIT extends ThreadServiceSetting {

  @Autowired private RunControl control;
  @Autowired private Runs runs;
  @Autowired private SessionCommands commands;
  @Autowired private TransactionTemplate transaction;

  private boolean takesInput(ThreadId thread) {
    return Objects.requireNonNull(runs.find(thread)).takesInput();
  }

  private void awaitTakesInput(ThreadId thread, boolean wanted) {
    await().atMost(Duration.ofSeconds(30)).until(() -> takesInput(thread) == wanted);
  }

  private CommandId steer(ThreadId thread, String text) {
    return transaction.execute(_ ->
        control.steer(Objects.requireNonNull(runs.lock(thread)), text, "ada", time().instant()));
  }

  @Test
  void inputGoesToTheRunningEngineAndItsOutcomeIsKept() {
    Answer dispatched = http.post("/api/dispatch", Map.of("project", project(), "prompt", "work"));
    ThreadId thread = ThreadId.of(dispatched.text("threadId"));
    assertThat(takesInput(thread)).isFalse();
    assertThatIllegalStateException().isThrownBy(() -> steer(thread, "too early"));
    SessionScript script =
        new SessionScript(thread, SessionId.of(dispatched.text("sessionId")))
            .queued()
            .claimed("worker-1")
            .startedTakingInput();
    publish(script.changes());
    awaitTakesInput(thread, true);

    CommandId command = steer(thread, "leave the API as it is");
    InputRequested sent = wire.await(thread.toString(), InputRequested.class, 1).getFirst();
    assertThat(sent.commandId()).isEqualTo(command);
    assertThat(sent.text()).isEqualTo("leave the API as it is");
    assertThat(commands.outcome(command)).isEmpty();
    publish(script.outcome(command, Result.REJECTED, "busy"));
    await().atMost(Duration.ofSeconds(30)).until(() -> commands.outcome(command).isPresent());
    assertThat(commands.outcome(command))
        .contains(new CommandOutcome(command, Result.REJECTED, "busy"));

    publish(script.becomes(SessionStatus.QUEUED).last());
    awaitTakesInput(thread, false);
  }
}
