package dev.heddle.thread.dispatch;

import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.conversation.SettingsInput;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of a message to a thread. */
record MessageRequest(
    @Nullable String text,
    @Nullable String engine,
    @Nullable String model,
    @Nullable String mode,
    @Nullable String effort,
    @Nullable List<String> command,
    @Nullable String priority,
    @Nullable String ifBusy) {

  Turn turn(ThreadId thread) {
    return Turn.checked(
        null,
        thread.toString(),
        text,
        null,
        new SettingsInput(engine, model, mode, effort, command, null, null, null),
        priority,
        ifBusy);
  }

  /** Names no text, since it may hold what is nobody else's business. */
  @Override
  public String toString() {
    return "MessageRequest[ifBusy=" + ifBusy + "]";
  }
}
