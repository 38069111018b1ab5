package dev.heddle.contracts;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A state-bearing fact of a run, on {@link Topics#SESSION_EVENTS}; low in volume.
 *
 * @param attempt the fence: facts of an attempt that is no longer current are refused
 * @param seq from 1 without a gap per attempt; a repeated one is ignored
 */
public record SessionEvent(
    SessionId sessionId,
    @Nullable ThreadId threadId,
    int attempt,
    MachineId machineId,
    long incarnation,
    long seq,
    Instant at,
    SessionFact fact)
    implements Keyed {

  /** The session. */
  @Override
  public String key() {
    return sessionId.toString();
  }
}
