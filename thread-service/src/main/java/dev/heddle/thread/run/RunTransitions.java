package dev.heddle.thread.run;

import static dev.heddle.thread.run.RunStatus.IDLE;
import static dev.heddle.thread.run.RunStatus.QUEUED;
import static dev.heddle.thread.run.RunStatus.RUNNING;
import static dev.heddle.thread.run.RunStatus.STOPPING;
import static dev.heddle.thread.run.RunStatus.WAITING;
import static dev.heddle.thread.run.RunTrigger.DISPATCHED;
import static dev.heddle.thread.run.RunTrigger.SESSION_ENDED;
import static dev.heddle.thread.run.RunTrigger.SESSION_QUEUED;
import static dev.heddle.thread.run.RunTrigger.SESSION_RUNNING;
import static dev.heddle.thread.run.RunTrigger.SESSION_STOPPING;
import static dev.heddle.thread.run.RunTrigger.SESSION_WAITING;
import static dev.heddle.thread.run.RunTrigger.STOP_REQUESTED;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The run status machine of a thread. A session may be seen in any order of its own states, since a
 * record may have been parked; so each unfinished status leads to each other, except that nothing
 * but its end leads out of {@code stopping}: what the session did before it heard is no news.
 */
final class RunTransitions {

  record Rule(RunStatus from, RunTrigger trigger, RunStatus to) {}

  static final List<Rule> TABLE =
      List.of(
          new Rule(IDLE, DISPATCHED, QUEUED),
          // A session that was retried at session-service becomes the thread's run.
          new Rule(IDLE, SESSION_QUEUED, QUEUED),
          new Rule(IDLE, SESSION_RUNNING, RUNNING),
          new Rule(IDLE, SESSION_WAITING, WAITING),
          new Rule(IDLE, SESSION_STOPPING, STOPPING),
          new Rule(QUEUED, SESSION_RUNNING, RUNNING),
          new Rule(QUEUED, SESSION_WAITING, WAITING),
          new Rule(QUEUED, SESSION_STOPPING, STOPPING),
          new Rule(QUEUED, STOP_REQUESTED, STOPPING),
          new Rule(QUEUED, SESSION_ENDED, IDLE),
          // Refused by its machine, or lost: it waits for the next attempt.
          new Rule(RUNNING, SESSION_QUEUED, QUEUED),
          new Rule(RUNNING, SESSION_WAITING, WAITING),
          new Rule(RUNNING, SESSION_STOPPING, STOPPING),
          new Rule(RUNNING, STOP_REQUESTED, STOPPING),
          new Rule(RUNNING, SESSION_ENDED, IDLE),
          new Rule(WAITING, SESSION_QUEUED, QUEUED),
          new Rule(WAITING, SESSION_RUNNING, RUNNING),
          new Rule(WAITING, SESSION_STOPPING, STOPPING),
          new Rule(WAITING, STOP_REQUESTED, STOPPING),
          new Rule(WAITING, SESSION_ENDED, IDLE),
          new Rule(STOPPING, SESSION_ENDED, IDLE));

  private RunTransitions() {}

  /** Where a trigger leads; null where it leads nowhere and the status stays. */
  static @Nullable RunStatus next(RunStatus from, RunTrigger trigger) {
    for (Rule rule : TABLE) {
      if (rule.from() == from && rule.trigger() == trigger) {
        return rule.to();
      }
    }
    return null;
  }

  /** The table as a page of documentation with a Mermaid diagram. */
  static String document() {
    StringBuilder page = new StringBuilder();
    page.append("# Thread run status\n\n")
        .append("Generated from `RunTransitions` in thread-service; a test compares it.\n\n")
        .append("```mermaid\nstateDiagram-v2\n  [*] --> idle\n");
    for (Rule rule : TABLE) {
      page.append("  %s --> %s: %s\n".formatted(rule.from().wire(), rule.to().wire(), label(rule)));
    }
    page.append("```\n\n| trigger | meaning |\n|---|---|\n");
    for (RunTrigger trigger : RunTrigger.values()) {
      page.append("| %s | %s |\n".formatted(label(trigger), trigger.meaning()));
    }
    return page.toString();
  }

  private static String label(Rule rule) {
    return label(rule.trigger());
  }

  private static String label(RunTrigger trigger) {
    return trigger.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
  }
}
