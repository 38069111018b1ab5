package dev.heddle.thread.dispatch;

import static dev.heddle.thread.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.Priority;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.conversation.SettingsInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class TurnTest {

  private static final SettingsInput NOTHING =
      new SettingsInput(null, null, null, null, null, null, null, null);

  private static Turn of(String thread, String prompt, String priority, String ifBusy) {
    return Turn.checked("p", thread, prompt, null, NOTHING, priority, ifBusy);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", " \n\t"})
  void aPromptSaysSomething(String prompt) {
    assertRefused(ThreadError.EMPTY_PROMPT, () -> of(null, prompt, null, null));
  }

  @Test
  void aPromptIsMeasuredInBytes() {
    assertThat(of(null, "x".repeat(256 * 1024), null, null).said().text()).hasSize(256 * 1024);
    assertRefused(
        ThreadError.PROMPT_TOO_LARGE, () -> of(null, "x".repeat(256 * 1024 + 1), null, null));
    assertRefused(
        ThreadError.PROMPT_TOO_LARGE, () -> of(null, "é".repeat(128 * 1024 + 1), null, null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\0b", "a\uD800", "\uDC00a"})
  void aPromptThatIsNoTextIsRefusedAndTheCharacterNamed(String prompt) {
    assertRefused(ThreadError.INVALID_TEXT, () -> of(null, prompt, null, null))
        .hasMessageContaining("U+");
  }

  @Test
  void textBeyondTheBasicPlaneIsText() {
    assertThat(of(null, "🧵", null, null).said().text()).isEqualTo("🧵");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1-2-3-4-5", "not-an-id"})
  void aThreadIsAddressedByAWholeUuid(String thread) {
    assertRefused(ThreadError.INVALID_THREAD, () -> of(thread, "x", null, null));
  }

  @Test
  void priorityAndIfBusyAreChoices() {
    assertThat(of(null, "x", null, null).said().priority()).isEqualTo(Priority.NORMAL);
    assertThat(of(null, "x", "urgent", null).said().priority()).isEqualTo(Priority.URGENT);
    assertThat(of(null, "x", null, "steer").ifBusy()).isEqualTo(IfBusy.STEER);
    assertThat(of(null, "x", null, null).ifBusy()).isEqualTo(IfBusy.QUEUE);
    assertRefused(ThreadError.INVALID_PRIORITY, () -> of(null, "x", "high", null));
    assertRefused(ThreadError.INVALID_IF_BUSY, () -> of(null, "x", null, "wait"));
  }
}
