package dev.heddle.trace.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.Decision;
import dev.heddle.contracts.Failure;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.NoticeLevel;
import dev.heddle.contracts.Origin;
import dev.heddle.contracts.Phase;
import dev.heddle.contracts.ProcessStream;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.TokenUsage;
import dev.heddle.contracts.ToolStatus;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.TraceRecord;
import dev.heddle.messaging.Json;
import dev.heddle.trace.Run;
import dev.heddle.trace.log.Entry;
import dev.heddle.trace.log.Entry.Closed;
import dev.heddle.trace.log.Entry.Event;
import dev.heddle.trace.log.TraceDecoder;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class TimelineFoldTest {

  private final Map<UUID, SessionState> sessions = new HashMap<>();
  private final Map<Item.Key, Item> stored = new LinkedHashMap<>();
  private final Map<Item.Key, StringBuilder> pieces = new HashMap<>();
  private long offset;

  @Test
  void aTypicalRunLeavesThePromptTheAnswerAndItsMarkers() {
    fold(Run.ofThread().typical("one", "two").drain());

    assertThat(shown())
        .containsExactly(
            "message user do it",
            "message assistant one\ntwo",
            // The status takes another way and comes after the first line.
            "marker running",
            "marker completed");
  }

  @Test
  void theStartShowsOneLabelAtATimeAndNoneOnceTheEngineRuns() {
    Run run = Run.ofThread();
    fold(run.prompt("p").status(SessionStatus.QUEUED, 0, "no machine offers codex").drain());
    assertThat(shown()).containsExactly("message user p", "label queued");
    assertThat(item("queued").details).containsEntry("reason", "no machine offers codex");

    fold(run.status(SessionStatus.CLAIMED, 1).drain());
    assertThat(shown()).containsExactly("message user p", "label claimed");
    assertThat(item("claimed").details).containsEntry("machine", "m1");

    fold(run.phase(1, Phase.PREPARING).drain());
    assertThat(shown()).containsExactly("message user p", "label preparing");

    fold(run.engineStarted(1).drain());
    assertThat(shown()).containsExactly("message user p");
  }

  private static final ApprovalId ASKED = new ApprovalId(Run.id());

  private static Run asking() {
    return Run.ofThread()
        .engineStarted(1)
        .event(
            1,
            Origin.THREAD,
            7,
            new TraceBody.ApprovalRequested(
                ASKED, ApprovalKind.APPROVAL, "Bash", "Run make", "make test", false));
  }

  private static TraceBody decided(Decision.Verdict verdict, String by) {
    return new TraceBody.ApprovalDecided(
        ASKED, verdict, "n", Decision.Scope.THREAD, "not that", null, by, null);
  }

  @Test
  void anApprovalShowsWhoDecidedItAndWhetherTheEngineHeardOfIt() {
    Run run = asking();
    fold(run.drain());
    assertThat(shown()).containsExactly("approval pending Run make");
    assertThat(item("pending").open).isTrue();
    assertThat(item("pending").details)
        .containsEntry("approvalId", ASKED.toString())
        .containsEntry("asks", "approval")
        .containsEntry("tool", "Bash")
        .containsEntry("input", "make test");

    fold(run.event(1, Origin.THREAD, 9, decided(Decision.Verdict.DENIED, "ada")).drain());
    assertThat(shown()).containsExactly("approval denied Run make");
    assertThat(item("denied").open).isFalse();
    assertThat(item("denied").details)
        .containsEntry("by", "ada")
        .containsEntry("scope", "thread")
        .containsEntry("optionId", "n")
        .containsEntry("message", "not that")
        .containsKey("decidedAt");

    fold(
        run.event(1, Origin.THREAD, 10, new TraceBody.ApprovalDelivered(ASKED, false, "it ended"))
            .drain());
    assertThat(item("denied").details)
        .containsEntry("delivery", "refused")
        .containsEntry("deliveryReason", "it ended");
  }

  @Test
  void anApprovalThatIsWithdrawnOrExpiresSaysWhyAlsoBehindTheEndOfItsAttempt() {
    Run run = asking().closed(1, "lease expired");
    fold(run.drain());
    assertThat(shown()).contains("approval pending Run make");
    fold(
        run.event(1, Origin.THREAD, 9, new TraceBody.ApprovalClosed(ASKED, false, "lost"))
            .event(1, Origin.THREAD, 10, new TraceBody.ApprovalClosed(ASKED, true, "too late"))
            .event(1, Origin.THREAD, 11, decided(Decision.Verdict.ALLOWED, "ada"))
            .drain());
    assertThat(shown()).as("the first end counts").contains("approval withdrawn Run make");
    assertThat(item("withdrawn").details).containsEntry("reason", "lost").doesNotContainKey("by");

    fold(
        asking()
            .event(1, Origin.THREAD, 9, new TraceBody.ApprovalClosed(ASKED, true, "late"))
            .drain());
    assertThat(item("expired").details).containsEntry("reason", "late");
  }

  @Test
  void aClaimThatIsToldAfterTheEngineStartedShowsNoLabel() {
    fold(Run.ofThread().engineStarted(1).status(SessionStatus.CLAIMED, 1).drain());

    assertThat(shown()).isEmpty();
  }

  @Test
  void linesAreTypedUntilTheWholeMessageReplacesThem() {
    Run run = Run.ofThread();
    fold(run.line(1, "one").line(1, "two").drain());
    fold(run.line(1, "three").drain());
    assertThat(shown()).containsExactly("typing assistant one\ntwo\nthree\n");

    fold(run.answer(1, "one two three", MessageStatus.COMPLETED).line(1, "late").drain());
    assertThat(shown()).containsExactly("message assistant one two three");
    assertThat(item("completed").open).isFalse();
  }

  @Test
  void piecesOfALongLineAreJoinedWithoutABreak() {
    Run run = Run.ofThread();
    fold(run.worker(1, output(run, "ab", 0, true)).worker(1, output(run, "cd", 1, false)).drain());

    assertThat(shown()).containsExactly("typing assistant abcd\n");
  }

  @Test
  void aFailureWithoutTextKeepsWhatWasTyped() {
    Run run = Run.ofThread();
    fold(run.line(1, "so far").answer(1, "", MessageStatus.FAILED).drain());

    assertThat(shown()).containsExactly("message assistant so far\n");
    assertThat(item("failed").kind).isEqualTo(ItemKind.MESSAGE);
  }

  @Test
  void closingALostAttemptKeepsItsTextAsFailedAndCancelsItsTools() {
    Run run = Run.ofThread();
    fold(
        run.line(1, "so far")
            .tool(1, "t1", ToolStatus.RUNNING, null)
            .tool(1, "t2", ToolStatus.COMPLETED, "out")
            .drain());
    fold(
        run.closed(1, "lease expired")
            .status(SessionStatus.QUEUED, 1, "attempt 1 was lost: lease expired")
            .drain());

    assertThat(shown())
        .containsExactly(
            "message assistant so far\n", "tool ", "tool ", "marker lost", "label queued");
    assertThat(item("failed").details).containsKey("messageId");
    assertThat(item("cancelled").details).containsEntry("toolId", "t1");
    assertThat(item("completed").details).containsEntry("toolId", "t2");
    assertThat(item("lost").attempt.attempt()).isEqualTo(1);
    assertThat(item("lost").details).containsEntry("reason", "attempt 1 was lost: lease expired");
  }

  @Test
  void closingAnAttemptThatIsBeingStoppedCancelsItsText() {
    Run run = Run.ofThread();
    fold(run.line(1, "so far").status(SessionStatus.STOPPING, 1).closed(1, "stopped").drain());

    assertThat(item("cancelled").kind).isEqualTo(ItemKind.MESSAGE);
  }

  @Test
  void closingAnAttemptTouchesNoOther() {
    Run run = Run.ofThread();
    fold(
        run.tool(1, "t1", ToolStatus.RUNNING, null)
            .tool(2, "t1", ToolStatus.RUNNING, null)
            .drain());
    fold(run.closed(1, "lost").drain());

    assertThat(item("running").attempt.attempt()).isEqualTo(2);
    assertThat(item("cancelled").attempt.attempt()).isEqualTo(1);
  }

  @Test
  void laterEventsOfAToolReplaceWhatTheyCarryAndKeepTheRest() {
    Run run = Run.ofThread();
    fold(run.tool(1, "t1", ToolStatus.RUNNING, "first").drain());
    fold(run.tool(1, "t1", ToolStatus.COMPLETED, null).drain());

    assertThat(item("completed").details)
        .containsEntry("output", "first")
        .containsEntry("input", "ls");
  }

  @Test
  void errorOutputIsCollapsedIntoOneBoundedText() {
    Run run = Run.ofThread();
    fold(run.stderr(1, "a").stderr(1, "b").drain());
    assertThat(shown()).containsExactly("output a\nb\n");

    fold(run.stderr(1, "x".repeat(Texts.OUTPUT)).stderr(1, "never").drain());
    Item output = stored.values().iterator().next();
    assertThat(text(output)).hasSize(Texts.OUTPUT).doesNotContain("never");
    assertThat(output.details)
        .containsEntry("truncated", true)
        // Of the long line 4 characters and its end, and all of the last.
        .containsEntry("omittedChars", 4L + 1 + 6);
  }

  @Test
  void aCutNeverSplitsASurrogatePair() {
    assertThat(Texts.cut("ab\uD83D\uDE00", 3)).isEqualTo("ab");
    assertThat(Texts.cut("ab\uD83D\uDE00", 4)).isEqualTo("ab\uD83D\uDE00");
  }

  @Test
  void noticesAndErrorsAreItemsOfTheirOwn() {
    Run run = Run.ofThread();
    fold(
        run.worker(1, new TraceBody.Notice(NoticeLevel.WARNING, "careful"))
            .worker(1, new TraceBody.ErrorRaised(new Failure("exit_code", "exit 3", false)))
            .drain());

    assertThat(shown()).containsExactly("notice careful", "error exit 3");
  }

  @Test
  void theSummaryCountsVisibleEventsTimesUsageAndOutput() {
    Run run = Run.ofThread();
    fold(run.typical("äö").drain());
    fold(run.worker(1, new TraceBody.Usage(new TokenUsage(10, 2, 3, 0.5))).drain());

    SessionState summary = sessions.get(run.session.value());
    assertThat(summary.status).isEqualTo(SessionStatus.COMPLETED);
    assertThat(summary.attempt).isEqualTo(1);
    assertThat(summary.events).isEqualTo(13);
    assertThat(summary.counts)
        .containsEntry("session.status", 4L)
        .containsEntry("message", 2L)
        .containsEntry("engine.output", 1L);
    assertThat(summary.outputBytes).isEqualTo(4);
    assertThat(summary.queuedAt).isBefore(summary.claimedAt);
    assertThat(summary.claimedAt).isBefore(summary.runningAt);
    assertThat(summary.runningAt).isBefore(summary.endedAt);
    assertThat(summary.attempts.get(1).usage).isEqualTo(new TokenUsage(10, 2, 3, 0.5));
    assertThat(summary.attempts.get(1).workerSeq).isEqualTo(8);
    assertThat(summary.attempts.get(0).sessionSeq).isEqualTo(8);
  }

  @Test
  void twoThousandLinesInOneBatchBecomeOnePiece() {
    Run run = Run.ofThread();
    for (int i = 0; i < 2_000; i++) {
      run.line(1, "line " + i);
    }
    fold(run.drain());

    assertThat(stored).hasSize(1);
    assertThat(text(stored.values().iterator().next()).lines()).hasSize(2_000);
  }

  private static TraceBody output(Run run, String text, int part, boolean more) {
    return new TraceBody.EngineOutput(ProcessStream.STDOUT, run.answer, text, part, more, false);
  }

  /** Folds one batch as ingest does, with a store that is a map. */
  private void fold(List<TraceRecord> records) {
    var fold = new TimelineFold(sessions, List.copyOf(stored.values()));
    for (TraceRecord record : records) {
      Entry entry =
          TraceDecoder.decode(
              new ConsumerRecord<>("trace.events", 0, offset++, record.key(), Json.bytes(record)),
              1);
      switch (entry) {
        case Event event -> {
          sessions.computeIfAbsent(
              event.id().sessionId(),
              id -> SessionState.begin(event, id, event.timeline(), event.threadId()));
          fold.apply(event);
        }
        case Closed closed -> {
          sessions.computeIfAbsent(
              closed.id().sessionId(),
              id -> SessionState.begin(closed, id, closed.timeline(), closed.threadId()));
          fold.apply(closed);
        }
        case Entry.Unreadable unreadable -> throw new AssertionError(unreadable.reason());
      }
    }
    for (Item item : fold.touched()) {
      if (item.isDeleted()) {
        stored.remove(item.key);
        continue;
      }
      if (item.dropsPieces()) {
        pieces.remove(item.key);
      }
      pieces.computeIfAbsent(item.key, _ -> new StringBuilder()).append(item.appended());
      var copy = new Item(item.key, item.position, item.attempt, item.at, item.kind);
      copy.open = item.open;
      copy.role = item.role;
      copy.status = item.status;
      copy.details.putAll(item.details);
      copy.restore(item.settled(), item.chars());
      stored.put(item.key, copy);
    }
  }

  private String text(Item item) {
    return item.settled() == null ? pieces.get(item.key).toString() : item.settled();
  }

  private Item item(String status) {
    return stored.values().stream()
        .filter(item -> status.equals(item.status))
        .findFirst()
        .orElseThrow();
  }

  private List<String> shown() {
    return stored.values().stream()
        .sorted(Comparator.comparingLong(item -> item.position))
        .map(item ->
            switch (item.kind) {
              case MARKER -> (item.isLabel() ? "label " : "marker ") + item.status;
              case MESSAGE, TYPING -> item.kind.wire() + " " + item.role + " " + text(item);
              case APPROVAL -> "approval " + item.status + " " + item.details.get("title");
              case TOOL, NOTICE, ERROR, OUTPUT, UNREADABLE -> item.kind.wire() + " " + text(item);
            })
        .toList();
  }
}
