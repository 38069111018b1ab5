package dev.heddle.thread.followup;

import dev.heddle.contracts.SessionStatus;
import dev.heddle.thread.run.Held;
import dev.heddle.thread.run.HoldCause;
import dev.heddle.thread.run.LastOutcome;
import dev.heddle.thread.run.RunNews;
import org.jspecify.annotations.Nullable;

/** What the end of a run means for the follow-ups of its thread. */
final class Drain {

  private Drain() {}

  /**
   * Whether the follow-up that the run was goes back into the queue: its engine never ran, so that
   * nothing is done twice, and it has not been back before. Who stopped it does not want it again.
   *
   * @param itself the follow-up, which is still being sent
   */
  static boolean putsBack(RunNews.Ended end, FollowUp itself) {
    return failed(end) && itself.returns() == 0;
  }

  /**
   * What holds the queue; null where the next follow-up is to be sent.
   *
   * @param putBack whether the follow-up that the run was is the first of the queue again
   * @param hold what a person must see to first
   */
  static @Nullable Held holdAfter(
      RunNews.Ended end, boolean putBack, boolean archived, @Nullable Held hold) {
    if (failed(end)) {
      String why = end.why() == null ? "" : ": " + end.why();
      return putBack
          ? new Held(HoldCause.START_FAILED, "the follow-up could not be started" + why)
          : new Held(HoldCause.RUN_FAILED, "the last run failed" + why);
    }
    return holdOf(archived, hold);
  }

  /** What holds a queue that got its first follow-up only after the last run had ended. */
  static @Nullable Held holdAfter(@Nullable LastOutcome last) {
    if (last == null || last.status() != SessionStatus.FAILED) {
      return null;
    }
    String why = last.message() == null ? "" : ": " + last.message();
    return new Held(HoldCause.RUN_FAILED, "the last run failed" + why);
  }

  /** What holds the queue of an idle thread, however its last run ended. */
  static @Nullable Held holdOf(boolean archived, @Nullable Held hold) {
    return archived ? new Held(HoldCause.ARCHIVED, "the thread is archived") : hold;
  }

  /** A run that a person was ending anyway counts as stopped, however it ended. */
  private static boolean failed(RunNews.Ended end) {
    return end.how() == SessionStatus.FAILED && !end.stopped();
  }
}
