package dev.heddle.worker.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessagePart;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.NoticeLevel;
import dev.heddle.contracts.ProcessStream;
import dev.heddle.contracts.RunPurpose;
import dev.heddle.contracts.SessionFact.MessageCompleted;
import dev.heddle.contracts.TokenUsage;
import dev.heddle.contracts.ToolStatus;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.TraceBody.EngineOutput;
import dev.heddle.contracts.TraceBody.Notice;
import dev.heddle.messaging.Json;
import dev.heddle.testkit.SettableClock;
import dev.heddle.worker.engine.EngineTask;
import dev.heddle.worker.engine.OutputLimits;
import dev.heddle.worker.engine.conformance.RecordingListener;
import dev.heddle.worker.engine.conformance.RecordingListener.Told;
import dev.heddle.worker.process.RunMarker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StoryTest {

  private static final MessageId FIRST = new MessageId(new UUID(1, 1));
  private static final ApprovalId ASKED = new ApprovalId(new UUID(2, 2));

  private final RecordingListener heard = new RecordingListener();
  private final List<Runnable> soon = new ArrayList<>();
  private final Story story = story(RunPurpose.TURN, new OutputLimits(1_000_000, 1_000));

  @Test
  void nothingIsToldBeforeTheEngineRuns() {
    story.error(new EngineOutput(ProcessStream.STDERR, null, "early", 0, false, false), 6);
    story.notice(NoticeLevel.INFO, "early too");
    assertThat(heard.told()).isEmpty();

    story.started("s-1");

    assertThat(heard.told().getFirst()).isEqualTo(new Told.Started("s-1"));
    assertThat(heard.events(EngineOutput.class)).hasSize(1);
    assertThat(heard.events(Notice.class)).hasSize(1);
  }

  @Test
  void whatIsTypedComesInWholeLinesAndWhatStaysOpenComesSoon() {
    story.started(null);
    story.text("one\ntw");
    assertThat(typed()).containsExactly("one");

    soon.removeFirst().run();
    assertThat(typed()).containsExactly("one", "tw…");

    story.text("o\n");
    assertThat(typed()).containsExactly("one", "tw…", "o");
    story.close(true, "over");
    assertThat(heard.messages())
        .containsExactly(
            new MessageCompleted(FIRST, "one\ntwo", MessageStatus.COMPLETED, false, null, null));
  }

  @Test
  void aCharacterThatComesInTwoHalvesIsWhole() {
    story.started(null);
    story.text("a \ud83e");
    story.text("\uddf5 b");
    story.text("\ud83e");
    story.close(true, "over");

    assertThat(heard.messages().getFirst().text()).isEqualTo("a 🧵 b?");
  }

  @Test
  void whatNoDatabaseTakesIsReplaced() {
    story.started(null);
    story.text("a\0b\u001b[1mc\n");
    story.toolStarts("t", "Bash\0", "title\0", "in\0");
    story.toolEnds("t", ToolStatus.COMPLETED, "out\0\u001b[0m", "diff\0", 0);
    story.close(true, "over");

    assertThat(Json.string(heard.events(EngineOutput.class)))
        .contains("a\uFFFDbc")
        .doesNotContain("\\u0000");
    assertThat(Json.string(heard.tools())).contains("out\uFFFD").doesNotContain("\\u0000");
    assertThat(Json.string(heard.messages())).doesNotContain("\\u0000");
  }

  @Test
  void eachMessageHasItsOwnIdAndItsUsage() {
    TokenUsage usage = new TokenUsage(3, 2, 1, null);
    story.started(null);
    story.text("one");
    story.messageEnds(usage);
    story.messageEnds(usage);
    story.text("two");
    story.close(true, "over");

    assertThat(heard.messages()).hasSize(2);
    assertThat(heard.messages().getFirst())
        .isEqualTo(new MessageCompleted(FIRST, "one", MessageStatus.COMPLETED, false, null, usage));
    assertThat(heard.messages().getLast().messageId()).isNotEqualTo(FIRST);
    assertThat(heard.messages().getLast().text()).isEqualTo("two");
    assertThat(heard.events(EngineOutput.class).getLast().messageId())
        .isEqualTo(heard.messages().getLast().messageId());
  }

  @Test
  void aToolIsToldWhenItBeginsGrowsAndEnds() {
    story.started(null);
    story.text("I look");
    story.toolStarts("t", "Bash", "make test", "{}");
    story.toolGrows("t", "one\n");
    story.toolGrows("t", "two\n");
    assertThat(heard.events(TraceBody.ToolCall.class)).hasSize(1);
    soon.getLast().run();
    story.toolEnds("t", ToolStatus.COMPLETED, null, null, 0);
    soon.getLast().run();

    assertThat(heard.events(TraceBody.ToolCall.class))
        .extracting(TraceBody.ToolCall::status, TraceBody.ToolCall::output)
        .containsExactly(
            tuple(ToolStatus.RUNNING, null),
            tuple(ToolStatus.RUNNING, "one\ntwo\n"),
            tuple(ToolStatus.COMPLETED, "one\ntwo\n"));
    assertThat(typed()).containsExactly("I look");
    assertThat(heard.all(Told.Partial.class)).hasSize(3);
    assertThat(heard.all(Told.Partial.class).getFirst().text()).isEqualTo("I look");
  }

  @Test
  void theMessageSoFarIsToldNowAndThenHoweverMuchComesToIt() {
    story.started(null);
    for (int i = 0; i < 100; i++) {
      story.toolStarts("t" + i, "Read", null, null);
      story.toolEnds("t" + i, ToolStatus.COMPLETED, "out", null, 0);
    }
    assertThat(heard.all(Told.Partial.class)).hasSize(1);

    soon.getLast().run();
    assertThat(heard.all(Told.Partial.class)).hasSize(2);
    assertThat(heard.all(Told.Partial.class).getLast().parts()).hasSize(100);

    soon.getLast().run();
    assertThat(heard.all(Told.Partial.class)).hasSize(2);
  }

  @Test
  void aMessageThatIsWholeIsNotToldInPartBehindIt() {
    story.started(null);
    story.toolStarts("t", "Read", null, null);
    story.toolEnds("t", ToolStatus.COMPLETED, "out", null, 0);
    story.messageEnds(null);
    soon.getLast().run();

    assertThat(heard.told().getLast()).isInstanceOf(Told.Message.class);
  }

  @Test
  void ofToolsThatNeverEndTheFirstAreKept() {
    story.started(null);
    for (int i = 0; i < 2 * Story.OPEN_TOOLS; i++) {
      story.toolStarts("t" + i, "Bash", null, null);
      story.toolGrows("t" + i, "out");
    }
    story.close(true, "over");

    assertThat(heard.tools()).hasSize(Story.OPEN_TOOLS);
    assertThat(heard.tools()).allMatch(tool -> tool.status() == ToolStatus.FAILED);
    assertThat(heard.events(Notice.class))
        .extracting(Notice::text)
        .containsExactly("more tools than 256 at once, or 10000 in a run, are not kept");
  }

  @Test
  void whatToolsSayCountsAsOutput() {
    Story small = story(RunPurpose.TURN, new OutputLimits(100_000, 1_000));
    small.started(null);
    small.toolStarts("open", "Bash", null, null);
    for (int i = 0; i < 100; i++) {
      small.toolStarts("t" + i, "Read", null, "x".repeat(1_000));
      small.toolEnds("t" + i, ToolStatus.COMPLETED, "y".repeat(9_000), null, 0);
    }
    small.toolEnds("open", ToolStatus.COMPLETED, "y".repeat(9_000), null, 0);
    small.close(true, "over");

    assertThat(heard.tools()).hasSizeBetween(9, 11);
    assertThat(heard.tools()).allMatch(tool -> tool.status() == ToolStatus.COMPLETED);
    assertThat(heard.events(TraceBody.ToolCall.class).getLast())
        .extracting(TraceBody.ToolCall::toolId, TraceBody.ToolCall::output)
        .containsExactly("open", null);
    assertThat(heard.events(Notice.class))
        .extracting(Notice::text)
        .containsExactly("output beyond 100000 bytes or 1000 lines is not kept");
  }

  @Test
  void whatAToolPrintsCountsOnceHoweverOftenItIsTold() {
    Story small = story(RunPurpose.TURN, new OutputLimits(300_000, 100_000));
    small.started(null);
    small.toolStarts("t", "Bash", null, null);
    for (int i = 0; i < 300; i++) {
      small.toolGrows("t", "one line of a build, some forty characters\n");
      soon.getLast().run();
    }
    small.toolEnds("t", ToolStatus.COMPLETED, null, null, 0);

    assertThat(heard.events(Notice.class)).isEmpty();
    assertThat(heard.tools().getFirst().status()).isEqualTo(ToolStatus.COMPLETED);

    small.toolStarts("flood", "Bash", null, null);
    for (int i = 0; i < 300; i++) {
      small.toolGrows("flood", "one line of a flood\n".repeat(100));
      soon.getLast().run();
    }
    small.toolEnds("flood", ToolStatus.COMPLETED, null, null, 0);

    assertThat(heard.events(Notice.class)).hasSize(1);
    assertThat(heard.events(TraceBody.ToolCall.class)).hasSizeLessThan(550);
    assertThat(heard.tools().getLast().status()).isEqualTo(ToolStatus.COMPLETED);
  }

  @Test
  void anIdOfAMegabyteFitsIntoARecord() {
    String id = "i".repeat(1_000_000);
    story.started(null);
    story.toolStarts(id + 1, "Bash", null, null);
    story.toolStarts(id + 2, "Bash", null, null);
    story.toolEnds(id + 1, ToolStatus.COMPLETED, "out", null, 0);

    assertThat(story.isToolOpen(id + 1)).isFalse();
    assertThat(story.isToolOpen(id + 2)).isTrue();
    assertThat(heard.events(TraceBody.ToolCall.class))
        .hasSize(3)
        .allMatch(tool -> tool.toolId().length() < 250);
  }

  @Test
  void aFloodOfNoticesIsCut() {
    story.started(null);
    for (int i = 0; i < 5_000; i++) {
      story.notice(NoticeLevel.WARNING, "again");
    }

    assertThat(heard.events(Notice.class)).hasSize(1_000);
  }

  @Test
  void aToolThatOutlivesItsMessageEndsInTheNext() {
    story.started(null);
    story.text("one");
    story.toolStarts("t", "Bash", null, null);
    story.messageEnds(null);
    story.text("two");
    story.toolEnds("t", ToolStatus.COMPLETED, "out", null, 0);
    story.close(true, "over");

    assertThat(heard.messages().getFirst().parts()).isNull();
    assertThat(heard.messages().getLast().parts())
        .extracting(Object::getClass)
        .containsExactly(MessagePart.ToolCall.class, MessagePart.Text.class);
  }

  @Test
  void theEndLeavesNothingOpen() {
    story.started(null);
    story.text("I beg");
    story.toolStarts("t", "Bash", null, null);
    story.toolGrows("t", "so far");
    story.asked(ASKED, "may I?");

    story.close(false, "the engine was interrupted");

    MessageCompleted message = heard.messages().getFirst();
    assertThat(message.status()).isEqualTo(MessageStatus.FAILED);
    assertThat(message.text()).isEqualTo("I beg");
    assertThat(message.parts())
        .contains(new MessagePart.Approval(ASKED.toString(), "may I?", "withdrawn"));
    TraceBody.ToolCall tool = heard.tools().getFirst();
    assertThat(tool.status()).isEqualTo(ToolStatus.CANCELLED);
    assertThat(tool.output()).isEqualTo("so far\nthe engine was interrupted");
  }

  /** As of a subagent in the background, whose question comes in the course of another message. */
  @Test
  void whatIsNotDecidedGoesWithTheNextMessage() {
    story.started(null);
    story.text("I ask.");
    story.asked(ASKED, "may I?");

    story.messageEnds(null);

    assertThat(heard.messages().getFirst().parts()).isNull();
    story.decided(ASKED, "allowed");
    story.close(true, "over");
    assertThat(heard.messages().getLast().parts())
        .containsExactly(new MessagePart.Approval(ASKED.toString(), "may I?", "allowed"));
  }

  @Test
  void afterTheEndNothingIsTold() {
    story.started(null);
    story.text("open");
    story.close(true, "over");
    int told = heard.told().size();

    story.text("more");
    story.reasoning("more");
    story.toolStarts("t", "Bash", null, null);
    story.toolEnds("t", ToolStatus.COMPLETED, null, null, null);
    story.asked(ASKED, "may I?");
    story.notice(NoticeLevel.INFO, "more");
    story.unknown("kind", "{}");
    story.messageEnds(null);
    soon.forEach(Runnable::run);
    story.close(false, "again");

    assertThat(heard.told()).hasSize(told);
  }

  @Test
  void whatIsThoughtIsToldWhenItIsThoughtThrough() {
    story.started(null);
    story.reasoning("hm, ");
    story.reasoning("yes");
    story.text("Yes.");
    story.text(" Really.\n");
    story.reasoning("or no?");
    story.close(true, "over");

    assertThat(heard.all(Told.Partial.class))
        .extracting(Told.Partial::parts)
        .contains(List.of(new MessagePart.Reasoning("hm, yes")));
    assertThat(heard.messages().getFirst().parts())
        .containsExactly(
            new MessagePart.Reasoning("hm, yes"),
            new MessagePart.Text("Yes. Really."),
            new MessagePart.Reasoning("or no?"));
  }

  @Test
  void fiveMegabytesOfEverythingFitIntoRecords() {
    String much = ("\"\\".repeat(100) + "\n").repeat(5_000_000 / 201);
    story.started(null);
    story.text(much);
    story.reasoning(much);
    story.toolStarts("t", "Bash", much, much);
    story.toolGrows("t", much);
    story.toolEnds("t", ToolStatus.COMPLETED, much, much, 0);
    story.unknown("odd", much);
    story.notice(NoticeLevel.INFO, much);
    story.close(true, "over");

    assertThat(heard.told())
        .allSatisfy(told ->
            assertThat(
                    switch (told) {
                      case Told.Event(var body) -> Json.bytes(body).length;
                      case Told.Message(var message) -> Json.bytes(message).length;
                      case Told.Partial partial ->
                          Json.bytes(partial.parts()).length + Json.bytes(partial.text()).length;
                      default -> 0;
                    })
                .isLessThan(250 * 1024));
    assertThat(heard.events(EngineOutput.class)).hasSize(1_000);
    assertThat(heard.messages().getFirst().truncated()).isTrue();
  }

  @Test
  void whatIsUnknownIsKeptAndAFloodOfItIsNot() {
    story.started(null);
    for (int i = 0; i < 100; i++) {
      story.unknown("odd", "{\"type\":\"odd\",\"n\":%d}".formatted(i));
    }
    for (int i = 0; i < 200; i++) {
      story.unknown("kind " + i, "{}");
    }

    assertThat(heard.events(Notice.class).getFirst().text())
        .contains("odd")
        .contains("{\"type\":\"odd\",\"n\":0}");
    assertThat(heard.events(Notice.class)).hasSize(5 + 1 + 49);
  }

  @Test
  void aRunThatSumsUpSaysNothingInTheConversation() {
    Story compaction = story(RunPurpose.COMPACTION, new OutputLimits(1_000_000, 1_000));
    compaction.started(null);
    compaction.text("All was");
    compaction.toolStarts("t", "Read", null, null);
    compaction.text("said.");
    compaction.close(true, "over");

    assertThat(heard.messages()).isEmpty();
    assertThat(typed()).isEmpty();
    assertThat(heard.all(Told.Compacted.class))
        .containsExactly(new Told.Compacted("All was\nsaid.", FIRST));
  }

  private List<String> typed() {
    return heard.events(EngineOutput.class).stream()
        .filter(output -> output.stream() == ProcessStream.STDOUT)
        .map(output -> output.text() + (output.more() ? "…" : ""))
        .toList();
  }

  private static org.assertj.core.groups.Tuple tuple(@Nullable Object... values) {
    return org.assertj.core.groups.Tuple.tuple(values);
  }

  private Story story(RunPurpose purpose, OutputLimits limits) {
    return new Story(
        new EngineTask(
            new RunMarker("s.1.a"),
            EngineSpec.of("any"),
            "prompt",
            new Continuation(purpose, FIRST, null, null),
            FIRST,
            Path.of("."),
            Map.of(),
            0),
        heard,
        limits,
        new Ids(SettableClock.at("2026-11-21T09:00:00Z"), new Random(1)),
        soon::add);
  }
}
