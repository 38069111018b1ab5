package dev.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.CheckpointId;
import dev.heddle.contracts.CheckpointMoment;
import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.ControlMessage.ClaimGranted;
import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessagePart;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.Plan;
import dev.heddle.contracts.PullRequest;
import dev.heddle.contracts.PullRequestState;
import dev.heddle.contracts.Role;
import dev.heddle.contracts.RunPurpose;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.SessionStatus;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ContinuationIT extends ServiceIT {

  @Test
  void theGrantSaysFromWhereARunGoesOnAndWhatItReportsOfItsThreadIsPassedOn() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    Continuation continuation =
        new Continuation(
            RunPurpose.COMPACTION,
            new MessageId(UUID.randomUUID()),
            new EngineState.Copilot("s-1", null, null, "/srv", null),
            new Continuation.Context(
                "sum", List.of(new Continuation.Said(Role.USER, "one")), true));
    SessionId session = submit(from(run(project(), pool), continuation));
    ClaimGranted granted = worker.take(wire.offer(pool, session));
    assertThat(granted.run().continuation()).isEqualTo(continuation);

    worker.start(granted);
    List<SessionFact> facts =
        List.of(
            new SessionFact.MessagePartial(
                new MessageId(UUID.randomUUID()), "a", List.of(new MessagePart.Text("a"))),
            new SessionFact.EngineStateReported(
                new EngineState.Command(List.of("sh"), List.of("HOME"), 1)),
            new SessionFact.PlanUpdated(Plan.empty()),
            new SessionFact.CheckpointCaptured(
                new CheckpointId(UUID.randomUUID()), null, "r", null, CheckpointMoment.AFTER, 1),
            new SessionFact.PullRequestLinked(
                new PullRequest(7, "https://git.example/7", PullRequestState.OPEN, true)),
            new SessionFact.CompactionReported("sum", null),
            new SessionFact.TitleSuggested("Mend the build"));
    facts.forEach(fact -> worker.report(granted, fact));
    worker.complete(granted);
    reached(session, SessionStatus.COMPLETED);
    assertThat(wire.changesOf(session)).extracting(SessionChanged::fact).containsAll(facts);
  }

  @Test
  void theGrantSaysWhatTheEngineMayDoUnaskedAndARetryIsGrantedTheSame() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    RunRequested run = run(project(), pool);
    EngineSpec engine = run.engine().with(PermissionPosture.FULL);
    SessionId session =
        submit(
            new RunRequested(
                run.sessionId(),
                run.threadId(),
                run.messageId(),
                run.project(),
                run.prompt(),
                engine,
                run.requirements(),
                run.workspace(),
                run.priority(),
                run.requestedBy(),
                run.requestedAt()));
    ClaimGranted granted = worker.take(wire.offer(pool, session));
    assertThat(granted.run().engine()).isEqualTo(engine);
    worker.start(granted);
    worker.fail(granted, "broken", false);
    reached(session, SessionStatus.FAILED);

    SessionId again =
        SessionId.of(post("/api/sessions/" + session + "/retry", "").text("sessionId"));
    assertThat(worker.take(wire.offer(pool, again)).run().engine().permission())
        .isEqualTo(PermissionPosture.FULL);
  }

  private static RunRequested from(RunRequested run, Continuation continuation) {
    return new RunRequested(
        run.sessionId(),
        run.threadId(),
        run.messageId(),
        run.project(),
        run.prompt(),
        run.engine(),
        run.requirements(),
        run.workspace(),
        run.priority(),
        run.requestedBy(),
        run.requestedAt(),
        continuation);
  }
}
