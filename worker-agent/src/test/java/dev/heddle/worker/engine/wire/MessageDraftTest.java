package dev.heddle.worker.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessagePart;
import dev.heddle.contracts.MessagePart.ToolCall;
import dev.heddle.contracts.SessionFact.MessagePartial;
import dev.heddle.contracts.ToolStatus;
import dev.heddle.messaging.Json;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MessageDraftTest {

  private final MessageDraft draft = new MessageDraft(new MessageId(new UUID(1, 1)));

  @Test
  void textAloneHasNoParts() {
    draft.say("one", true);
    draft.say("tw", false);
    draft.say("o", true);

    assertThat(draft.told()).isEqualTo(new MessageDraft.Told("one\ntwo", null, false));
  }

  @Test
  void partsComeInTheOrderInWhichTheyWereSaid() {
    draft.think("hm");
    draft.say("before", true);
    draft.keep("tool 1", tool("1", "in", null));
    draft.say("after", true);
    draft.keep("tool 1", tool("1", "in", "out"));

    assertThat(draft.told().parts())
        .containsExactly(
            new MessagePart.Reasoning("hm"),
            new MessagePart.Text("before"),
            tool("1", "in", "out"),
            new MessagePart.Text("after"));
    assertThat(draft.told().text()).isEqualTo("before\nafter");
    assertThat(draft.told().truncated()).isFalse();
  }

  @Test
  void whateverIsSaidFitsIntoARecord() {
    draft.think("\"".repeat(100_000));
    for (int i = 0; i < 2_000; i++) {
      draft.say("\"\\".repeat(200), true);
      draft.keep("tool " + i, tool("id-" + i, "\"".repeat(9_000), "\\".repeat(9_000)));
    }

    MessageDraft.Told told = draft.told();

    assertThat(told.truncated()).isTrue();
    assertThat(told.text()).isNotEmpty();
    assertThat(told.parts()).hasSizeGreaterThan(10);
    assertThat(bytes(told)).isLessThan(256 * 1024);
  }

  @Test
  void manyToolsAreCutRatherThanLeftOut() {
    draft.say("hello", true);
    for (int i = 0; i < 20; i++) {
      draft.keep("tool " + i, tool("id-" + i, "in", "x".repeat(16_000)));
    }

    MessageDraft.Told told = draft.told();

    assertThat(told.parts()).hasSize(21);
    assertThat(told.text()).isEqualTo("hello");
    assertThat(told.truncated()).isTrue();
    assertThat(bytes(told)).isLessThan(128 * 1024);
  }

  /** However many tools an engine calls, memory holds no more of them than the message can tell. */
  @Test
  void whatCannotBeToldIsNotHeld() {
    List<WeakReference<String>> outputs = new ArrayList<>();
    List<WeakReference<ToolCall>> calls = new ArrayList<>();
    for (int i = 0; i < 2 * MessageDraft.KEPT_PARTS; i++) {
      ToolCall call = tool("id-" + i, "in", "x".repeat(16_000));
      calls.add(new WeakReference<>(call));
      outputs.add(new WeakReference<>(call.output()));
      draft.keep("tool " + i, call);
    }
    System.gc();

    assertThat(outputs).filteredOn(output -> output.get() != null).hasSizeLessThan(70);
    assertThat(calls.subList(MessageDraft.KEPT_PARTS, calls.size()))
        .allMatch(call -> call.get() == null);
    assertThat(draft.told().truncated()).isTrue();
    assertThat(draft.told().parts()).hasSizeGreaterThan(400);
  }

  @Test
  void whatIsTakenAwayMakesRoom() {
    for (int i = 0; i < 10 * MessageDraft.KEPT_PARTS; i++) {
      draft.keep("tool " + i, tool("id-" + i, "in", "x".repeat(16_000)));
      draft.drop("tool " + i);
    }
    draft.keep("last", tool("last", "in", "out"));

    assertThat(draft.told().parts()).containsExactly(tool("last", "in", "out"));
    assertThat(draft.told().truncated()).isFalse();
  }

  @Test
  void aThoughtOfMegabytesIsCut() {
    draft.think("x".repeat(5_000_000));
    draft.think("more");

    assertThat(draft.told().truncated()).isTrue();
    assertThat(draft.told().parts())
        .containsExactly(new MessagePart.Reasoning("x".repeat(32 * 1024)));
  }

  private int bytes(MessageDraft.Told told) {
    List<MessagePart> parts = told.parts();
    return Json.bytes(
            new MessagePartial(draft.id(), told.text(), parts == null ? List.of() : parts))
        .length;
  }

  private static ToolCall tool(String id, String input, String output) {
    return new ToolCall(id, "Bash", null, input, output, null, null, ToolStatus.RUNNING);
  }
}
