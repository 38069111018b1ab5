package dev.heddle.thread.turn;

import dev.heddle.contracts.Priority;
import dev.heddle.rest.Choice;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.StorableText;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.conversation.SettingsInput;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a person says to an agent, checked as far as it can be without looking anything up.
 *
 * @param text empty where it is that of a message that is there
 * @param settings of its turn; what is not given is that of the turn before
 */
public record Said(String text, SettingsInput settings, Priority priority) {

  /** In UTF-8; what fits into a record beside everything else even when each byte is escaped. */
  private static final int MAX_BYTES = 256 * 1024;

  /**
   * Checks what a person sent.
   *
   * @throws ProblemException with a code of its own for each thing that can be wrong
   */
  public static Said checked(
      @Nullable String text, SettingsInput settings, @Nullable String priority) {
    Said said = new Said(checkedText(text), settings, priorityOf(priority));
    // Also alone each setting must be well-formed, before anything is looked up.
    settings.checked();
    return said;
  }

  /**
   * What was said already and is to be answered again, with settings of its own.
   *
   * @throws ProblemException as {@link #checked}
   */
  public static Said again(SettingsInput settings, @Nullable String priority) {
    settings.checked();
    return new Said("", settings, priorityOf(priority));
  }

  private static String checkedText(@Nullable String prompt) {
    if (prompt == null || prompt.isBlank()) {
      throw new ProblemException(ThreadError.EMPTY_PROMPT, "say what the agent is to do");
    }
    StorableText.require("the prompt", prompt);
    int bytes = prompt.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_BYTES) {
      throw new ProblemException(
              ThreadError.PROMPT_TOO_LARGE,
              "the prompt has "
                  + bytes
                  + " bytes in UTF-8, and at most "
                  + MAX_BYTES
                  + " are taken; put the rest into a file of the repository")
          .with("limit", MAX_BYTES);
    }
    return prompt;
  }

  private static Priority priorityOf(@Nullable String text) {
    return Objects.requireNonNullElse(
        Choice.of("priority", text, Priority.class, Priority::wire, ThreadError.INVALID_PRIORITY),
        Priority.NORMAL);
  }

  /** Names no text, since it may hold what is nobody else's business. */
  @Override
  public String toString() {
    return "Said[priority=" + priority + "]";
  }
}
