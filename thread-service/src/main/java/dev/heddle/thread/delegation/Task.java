package dev.heddle.thread.delegation;

import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.budget.Budget;
import dev.heddle.thread.conversation.SettingsInput;
import dev.heddle.thread.turn.Said;
import org.jspecify.annotations.Nullable;

/**
 * What a thread delegates, checked as far as it can be without looking anything up.
 *
 * @param project id or name; null for that of the parent
 * @param tellsParent whether each result is said to the parent
 * @param adopted the thread that shall do it; null for a new one
 * @param content a digest of the request
 */
record Task(
    String key,
    Said said,
    @Nullable String project,
    boolean hidden,
    boolean tellsParent,
    @Nullable ThreadId adopted,
    @Nullable Budget budget,
    String content) {

  /** The same, with an engine that may do this without asking. */
  Task permitted(PermissionPosture posture) {
    SettingsInput settings = said.settings().permitted(posture);
    return new Task(
        key,
        new Said(said.text(), settings, said.priority()),
        project,
        hidden,
        tellsParent,
        adopted,
        budget,
        content);
  }
}
