package dev.heddle.worker;

import static dev.heddle.worker.HeardWorkers.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.Decision;
import dev.heddle.contracts.Outcome;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionFact.ApprovalRequested;
import dev.heddle.contracts.SessionFact.ApprovalWithdrawn;
import dev.heddle.contracts.SessionFact.AttemptEnded;
import dev.heddle.contracts.SessionFact.CommandAnswered;
import dev.heddle.contracts.SessionFact.EngineStarted;
import dev.heddle.contracts.SessionFact.MessageCompleted;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.worker.engine.ScriptedEngine;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an engine asks people, and what people say to it while it runs. */
@Timeout(300)
class QuestionsIT extends OneWorker {

  private static final String POOL = "questions";

  @BeforeAll
  static void start() {
    start(POOL, List.of(new ScriptedEngine()));
  }

  /** A run of the scripted engine. */
  private record Run(SessionOffered offer, ClaimMade claim) {

    List<SessionFact> facts() {
      return sessions.factsOf(offer);
    }

    ApprovalRequested asked(String title) {
      return await("asked " + title)
          .atMost(LONG)
          .until(
              () ->
                  facts().stream()
                      .filter(ApprovalRequested.class::isInstance)
                      .map(ApprovalRequested.class::cast)
                      .filter(one -> one.title().equals(title))
                      .toList(),
              found -> !found.isEmpty())
          .getFirst();
    }

    String answer() {
      return sessions.awaitFact(offer, MessageCompleted.class).text();
    }

    AttemptEnded end() {
      return sessions.awaitFact(offer, AttemptEnded.class);
    }

    List<CommandAnswered> answersTo(CommandId command) {
      return facts().stream()
          .filter(CommandAnswered.class::isInstance)
          .map(CommandAnswered.class::cast)
          .filter(one -> one.commandId().equals(command))
          .toList();
    }

    CommandId decide(ApprovalRequested asked, Decision.Verdict verdict, String message) {
      CommandId command = sessions.command();
      decide(command, asked, verdict, message);
      return command;
    }

    void decide(
        CommandId command, ApprovalRequested asked, Decision.Verdict verdict, String message) {
      sessions.decide(
          claim,
          command,
          new Decision(asked.approvalId(), verdict, null, Decision.Scope.ONCE, message, null));
    }
  }

  private static Run run(String... script) {
    SessionOffered offer =
        sessions.offer(POOL, new WorkspaceSpec.Scratch(), LONG, ScriptedEngine.NAME, Map.of());
    sessions.toMachine(worker.id, offer);
    ClaimMade claim = sessions.claimOf(offer);
    sessions.grant(offer, claim, String.join("\n", script));
    return new Run(offer, claim);
  }

  /** Checklist 11. */
  @Test
  void anApprovalContinuesTheSameMessageAndTheTextOfADenialReachesTheEngine() {
    Run run = run("say before", "ask one", "ask two", "say after");
    assertThat(sessions.awaitFact(run.offer, EngineStarted.class).takesInput()).isTrue();
    ApprovalRequested one = run.asked("one");
    assertThat(one.input()).isEqualTo("one");
    assertThat(one.options()).hasSize(3);
    CommandId yes = run.decide(one, Decision.Verdict.ALLOWED, "go");
    run.decide(run.asked("two"), Decision.Verdict.DENIED, "use the small suite");

    assertThat(run.answer())
        .isEqualTo("before\none allowed: go\ntwo denied: use the small suite\nafter");
    assertThat(run.end().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(run.answersTo(yes))
        .containsExactly(new CommandAnswered(yes, true, null, one.approvalId()));
    assertThat(run.facts()).filteredOn(MessageCompleted.class::isInstance).hasSize(1);
  }

  @Test
  void aDecisionIsAnsweredOnceHoweverOftenItComesAndTheSecondOneIsRefused() {
    Run run = run("ask one", "wait-input");
    ApprovalRequested one = run.asked("one");
    CommandId first = run.decide(one, Decision.Verdict.ALLOWED, "first");
    run.decide(first, one, Decision.Verdict.ALLOWED, "first");
    CommandId second = run.decide(one, Decision.Verdict.DENIED, "second");
    await().atMost(LONG).until(() -> !run.answersTo(second).isEmpty());
    assertThat(run.answersTo(first))
        .containsExactly(new CommandAnswered(first, true, null, one.approvalId()));
    assertThat(run.answersTo(second).getFirst().accepted()).isFalse();
    CommandId input = sessions.command();
    sessions.input(run.claim, input, "enough");
    sessions.input(run.claim, input, "enough");
    assertThat(run.answer()).isEqualTo("one allowed: first\nheard enough");
    assertThat(run.end().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(run.answersTo(input)).containsExactly(new CommandAnswered(input, true, null));
  }

  @Test
  void anEngineThatCannotTakeInputSaysSo() {
    SessionOffered offer = sessions.offer(POOL);
    sessions.toMachine(worker.id, offer);
    ClaimMade claim = sessions.claimOf(offer);
    sessions.grant(offer, claim, "echo ready; sleep 300");
    awaitOutput(offer, "ready");
    CommandId input = sessions.command();
    sessions.input(claim, input, "hurry");
    assertThat(sessions.awaitFact(offer, CommandAnswered.class))
        .isEqualTo(new CommandAnswered(input, false, "the engine takes no input while it runs"));
    assertThat(sessions.awaitFact(offer, EngineStarted.class).takesInput()).isFalse();
    sessions.cancel(claim);
    sessions.awaitFact(offer, AttemptEnded.class);
  }

  /** Checklist 11. */
  @Test
  void aStopWithdrawsWhatIsOpenBeforeTheEnd() {
    Run run = run("ask one", "say never");
    ApprovalRequested one = run.asked("one");
    sessions.cancel(run.claim);
    assertThat(run.end().outcome()).isEqualTo(Outcome.CANCELLED);
    List<SessionFact> facts = run.facts();
    ApprovalWithdrawn withdrawn = new ApprovalWithdrawn(one.approvalId(), "cancelled by ada");
    assertThat(facts).containsOnlyOnce(withdrawn);
    assertThat(facts.indexOf(withdrawn)).isLessThan(facts.indexOf(run.end()));
    assertThat(run.answer()).isEqualTo("one withdrawn: cancelled by ada");
  }

  /** Checklist 18. */
  @Test
  void aNewQuestionTakesThePlaceOfThePendingOne() {
    Run run = run("leave first", "question second");
    ApprovalRequested first = run.asked("first");
    ApprovalRequested second = run.asked("second");
    assertThat(run.facts())
        .contains(new ApprovalWithdrawn(first.approvalId(), "a newer question took its place"));
    sessions.decide(
        run.claim,
        sessions.command(),
        new Decision(
            second.approvalId(),
            Decision.Verdict.ALLOWED,
            null,
            Decision.Scope.ONCE,
            null,
            "forty-two"));
    assertThat(run.answer()).isEqualTo("second allowed: forty-two");
  }

  @Test
  void whatIsLeftOpenWhenTheRunEndsIsWithdrawn() {
    Run run = run("leave first", "say done");
    ApprovalRequested first = run.asked("first");
    assertThat(run.end().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(run.facts())
        .containsOnlyOnce(new ApprovalWithdrawn(first.approvalId(), "the run ended"));
  }

  /** The worker of these tests has two slots. */
  @Test
  void runsThatWaitForPeopleTakeNoSlot() {
    List<Run> waiting = List.of(run("ask one"), run("ask one"));
    waiting.forEach(one -> one.asked("one"));
    Run third = run("say here");
    assertThat(third.answer()).isEqualTo("here");
    waiting.forEach(one -> one.decide(one.asked("one"), Decision.Verdict.ALLOWED, "go"));
    waiting.forEach(one -> assertThat(one.end().outcome()).isEqualTo(Outcome.COMPLETED));
  }

  @Test
  void inputThatIsTooLongForPeopleIsCutAtACharacter() {
    String title = "ß".repeat(9_000);
    Run run = run("ask " + title);
    ApprovalRequested asked = run.asked(title);
    assertThat(asked.truncated()).isTrue();
    assertThat(asked.input()).isEqualTo("ß".repeat(8 * 1024));
    run.decide(asked, Decision.Verdict.ALLOWED, "go");
    run.end();
  }
}
