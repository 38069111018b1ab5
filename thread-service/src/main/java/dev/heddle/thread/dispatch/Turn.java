package dev.heddle.thread.dispatch;

import dev.heddle.contracts.Priority;
import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.StorableText;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.conversation.SettingsInput;
import dev.heddle.thread.conversation.Title;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a person wants of a thread, checked as far as it can be without looking anything up.
 *
 * @param project id or name; null for that of the thread
 * @param thread null for a new one
 * @param prompt empty where it is that of a message that is there
 * @param title null to derive one, or to keep that of the thread
 */
record Turn(
    @Nullable String project,
    @Nullable ThreadId thread,
    String prompt,
    @Nullable Title title,
    SettingsInput settings,
    Priority priority,
    IfBusy ifBusy) {

  /** In UTF-8; what fits into a record beside everything else even when each byte is escaped. */
  static final int MAX_PROMPT_BYTES = 256 * 1024;

  /** One whose prompt is what was said already. */
  static Turn again(ThreadId thread, SettingsInput settings, @Nullable String priority) {
    Turn turn = new Turn(null, thread, "", null, settings, priorityOf(priority), IfBusy.REJECT);
    settings.checked();
    return turn;
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
    Turn turn =
        new Turn(
            project,
            thread == null ? null : threadId(thread),
            checkedPrompt(prompt),
            title == null ? null : Title.chosen(title),
            settings,
            priorityOf(priority),
            IfBusy.of(ifBusy));
    // Also alone each setting must be well-formed, before anything is looked up.
    settings.checked();
    return turn;
  }

  private static ThreadId threadId(String text) {
    try {
      return ThreadId.of(text);
    } catch (IllegalArgumentException malformed) {
      throw new ProblemException(
          ThreadError.INVALID_THREAD, "thread must be a UUID of 36 characters");
    }
  }

  private static String checkedPrompt(@Nullable String prompt) {
    if (prompt == null || prompt.isBlank()) {
      throw new ProblemException(ThreadError.EMPTY_PROMPT, "say what the agent is to do");
    }
    StorableText.require("the prompt", prompt);
    int bytes = prompt.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_PROMPT_BYTES) {
      throw new ProblemException(
              ThreadError.PROMPT_TOO_LARGE,
              "the prompt has "
                  + bytes
                  + " bytes in UTF-8, and at most "
                  + MAX_PROMPT_BYTES
                  + " are taken; put the rest into a file of the repository")
          .with("limit", MAX_PROMPT_BYTES);
    }
    return prompt;
  }

  private static Priority priorityOf(@Nullable String text) {
    if (text == null) {
      return Priority.NORMAL;
    }
    return Arrays.stream(Priority.values())
        .filter(priority -> priority.wire().equals(text))
        .findFirst()
        .orElseThrow(() ->
            new ProblemException(
                ThreadError.INVALID_PRIORITY,
                "priority must be one of "
                    + Arrays.stream(Priority.values())
                        .map(Priority::wire)
                        .collect(Collectors.joining(", "))));
  }
}
