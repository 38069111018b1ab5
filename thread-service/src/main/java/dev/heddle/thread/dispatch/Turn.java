package dev.heddle.thread.dispatch;

import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.budget.Budget;
import dev.heddle.thread.conversation.SettingsInput;
import dev.heddle.thread.conversation.Title;
import dev.heddle.thread.turn.Said;
import org.jspecify.annotations.Nullable;

/**
 * What a person wants of a thread, checked as far as it can be without looking anything up.
 *
 * @param project id or name; null for that of the thread
 * @param thread null for a new one
 * @param title null to derive one, or to keep that of the thread
 * @param budget of a new thread; null for no limit
 */
record Turn(
    @Nullable String project,
    @Nullable ThreadId thread,
    @Nullable Title title,
    @Nullable Budget budget,
    Said said,
    IfBusy ifBusy) {

  /** One whose prompt is what was said already. */
  static Turn again(ThreadId thread, SettingsInput settings, @Nullable String priority) {
    return new Turn(null, thread, null, null, Said.again(settings, priority), IfBusy.REJECT);
  }

  /**
   * Checks what a person sent.
   *
   * @throws ProblemException with a code of its own for each thing that can be wrong
   */
  static Turn checked(
      @Nullable String project,
      @Nullable String thread,
      @Nullable String prompt,
      @Nullable String title,
      SettingsInput settings,
      @Nullable String priority,
      @Nullable String ifBusy) {
    return new Turn(
        project,
        thread == null ? null : threadId(thread),
        title == null ? null : Title.chosen(title),
        null,
        Said.checked(prompt, settings, priority),
        IfBusy.of(ifBusy));
  }

  /**
   * The same for a new thread that may spend so much.
   *
   * @throws ProblemException {@code invalid_budget}
   */
  Turn within(@Nullable Budget wanted) {
    return new Turn(project, thread, title, Budget.checked(wanted), said, ifBusy);
  }

  private static ThreadId threadId(String text) {
    try {
      return ThreadId.of(text);
    } catch (IllegalArgumentException malformed) {
      throw new ProblemException(
          ThreadError.INVALID_THREAD, "thread must be a UUID of 36 characters");
    }
  }
}
