package dev.heddle.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.CheckpointMoment;
import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessagePart;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.Outcome;
import dev.heddle.contracts.Plan;
import dev.heddle.contracts.PlanTaskStatus;
import dev.heddle.contracts.PullRequest;
import dev.heddle.contracts.PullRequestState;
import dev.heddle.contracts.Role;
import dev.heddle.contracts.RunPurpose;
import dev.heddle.contracts.SessionEvent;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.TokenUsage;
import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Json;
import dev.heddle.worker.engine.ScriptedEngine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an engine tells becomes facts of its session. */
@Timeout(30)
class RunListenerTest {

  private static final MessageId LAST = new MessageId(UUID.randomUUID());

  @TempDir Path home;

  @Test
  void whatTheThreadKeepsIsReportedInItsOrder() throws Exception {
    List<SessionFact> facts =
        factsOf(
            null,
            "plan in_progress look; pending write",
            "usage 5 3 2 0.25",
            "checkpoint before 0",
            "checkpoint after 2",
            "pull-request 7 https://example.org/7");

    assertThat(facts)
        .contains(
            new SessionFact.PlanUpdated(
                new Plan(
                    null,
                    List.of(
                        new Plan.Task("look", PlanTaskStatus.IN_PROGRESS),
                        new Plan.Task("write", PlanTaskStatus.PENDING)),
                    List.of())),
            new SessionFact.UsageReported(new TokenUsage(5, 3, 2, 0.25)),
            new SessionFact.PullRequestLinked(
                new PullRequest(7, "https://example.org/7", PullRequestState.OPEN, false)));
    List<SessionFact.CheckpointCaptured> checkpoints =
        all(facts, SessionFact.CheckpointCaptured.class);
    assertThat(checkpoints)
        .map(SessionFact.CheckpointCaptured::moment)
        .containsExactly(CheckpointMoment.BEFORE, CheckpointMoment.AFTER);
    assertThat(checkpoints.getFirst().parentId()).isNull();
    assertThat(checkpoints.getLast().parentId()).isEqualTo(checkpoints.getFirst().checkpointId());
    assertThat(facts.getLast()).isEqualTo(new SessionFact.AttemptEnded(Outcome.COMPLETED, 0, null));
  }

  @Test
  void aMessageGrowsInPartsAndIsWholeAtTheEnd() throws Exception {
    List<SessionFact> facts = factsOf(null, "think hm", "say hello", "tool Bash ls", "say done");

    SessionFact.MessageCompleted whole = all(facts, SessionFact.MessageCompleted.class).getLast();
    List<SessionFact.MessagePartial> grown = all(facts, SessionFact.MessagePartial.class);
    assertThat(whole.text()).isEqualTo("hello\ndone");
    assertThat(whole.status()).isEqualTo(MessageStatus.COMPLETED);
    assertThat(whole.parts())
        .map(part -> part.getClass().getSimpleName())
        .containsExactly("Reasoning", "Text", "ToolCall", "Text");
    assertThat(grown).allMatch(one -> one.messageId().equals(whole.messageId()));
    assertThat(grown.getFirst().parts()).containsExactly(new MessagePart.Reasoning("hm"));
    assertThat(grown.getLast().parts()).isEqualTo(whole.parts());
  }

  @Test
  void anEngineIsToldFromWhereItGoesOn() throws Exception {
    EngineState state = new EngineState.Claude("mine", null, null, null, null, null);
    Continuation from =
        new Continuation(
            RunPurpose.TURN,
            LAST,
            state,
            new Continuation.Context(
                null, List.of(new Continuation.Said(Role.USER, "apple")), false));

    List<SessionFact> facts = factsOf(from, "recall", "state claude next");

    assertThat(all(facts, SessionFact.EngineStarted.class).getFirst().engineSessionId())
        .isEqualTo("mine");
    assertThat(all(facts, SessionFact.MessageCompleted.class).getFirst().text())
        .isEqualTo("goes on from mine\nsummary null\nuser said apple");
    assertThat(
            ((EngineState.Claude)
                    all(facts, SessionFact.EngineStateReported.class).getFirst().state())
                .sessionId())
        .isEqualTo("next");
  }

  @Test
  void aRunThatIsToSumUpReportsThat() throws Exception {
    Continuation from =
        new Continuation(
            RunPurpose.COMPACTION,
            LAST,
            null,
            new Continuation.Context(
                null, List.of(new Continuation.Said(Role.USER, "apple")), false));

    assertThat(factsOf(from, "Sum up."))
        .contains(new SessionFact.CompactionReported("1 messages, the last: apple", LAST))
        .noneMatch(SessionFact.MessageCompleted.class::isInstance);
  }

  private List<SessionFact> factsOf(@Nullable Continuation from, String... script)
      throws Exception {
    RunBench bench = new RunBench(home, new ScriptedEngine());
    Run run = bench.begin(String.join("\n", script), from);
    run.over().get(20, TimeUnit.SECONDS);
    run.delivered().get(20, TimeUnit.SECONDS);
    String topic = Topics.SESSION_EVENTS.name() + " ";
    return bench.reported.stream()
        .filter(record -> record.startsWith(topic))
        .map(record -> record.substring(topic.length()).getBytes(StandardCharsets.UTF_8))
        .map(payload -> Json.read(payload, SessionEvent.class).fact())
        .toList();
  }

  private static <F extends SessionFact> List<F> all(List<SessionFact> facts, Class<F> kind) {
    return facts.stream().filter(kind::isInstance).map(kind::cast).toList();
  }
}
