package dev.heddle.session.backlog;

import dev.heddle.contracts.MachineId;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a queued session waits for the machine that has what it goes on with.
 *
 * @param since when it was queued
 * @param until when others may run it too; null where none ever may
 */
record HomeWait(MachineId machine, Instant since, @Nullable Instant until) {

  /**
   * When others may run it; null where none ever may. The wait for a machine that is missing began
   * when that was seen last, so that nobody waits anew for one that has been gone for long.
   *
   * @param missingSince null where the machine takes sessions
   */
  @Nullable Instant end(@Nullable Instant missingSince) {
    return until == null || missingSince == null || !missingSince.isBefore(since)
        ? until
        : missingSince.plus(Duration.between(since, until));
  }

  /** Whether others may run it. */
  boolean isOver(@Nullable Instant missingSince, Instant now) {
    Instant end = end(missingSince);
    return end != null && !now.isBefore(end);
  }
}
