package dev.heddle.thread.dispatch;

import dev.heddle.thread.conversation.SettingsInput;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The body of a dispatch. */
record DispatchRequest(
    @Nullable String project,
    @Nullable String prompt,
    @Nullable String thread,
    @Nullable String title,
    @Nullable String engine,
    @Nullable String model,
    @Nullable String mode,
    @Nullable String effort,
    @Nullable List<String> command,
    @Nullable String pool,
    @Nullable String machine,
    @Nullable Map<String, String> labels,
    @Nullable String priority,
    @Nullable String ifBusy) {

  Turn turn() {
    return Turn.checked(
        project,
        thread,
        prompt,
        title,
        new SettingsInput(engine, model, mode, effort, command, pool, machine, labels),
        priority,
        ifBusy);
  }

  /** Names no prompt, since it may hold what is nobody else's business. */
  @Override
  public String toString() {
    return "DispatchRequest[project=" + project + ", thread=" + thread + "]";
  }
}
