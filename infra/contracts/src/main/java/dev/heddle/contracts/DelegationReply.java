package dev.heddle.contracts;

import org.jspecify.annotations.Nullable;

/**
 * What became of a task that an engine wanted delegated. Each task has one reply: at once where it
 * was refused or is not waited for, else when the thread that does it is done.
 *
 * @param child the thread that does it; null where it was refused
 * @param result how the first run of the child ended that was over by then; null where nobody waits
 *     for it, and where it was refused
 * @param refusal present where no thread does it
 */
public record DelegationReply(
    DelegationId delegationId,
    @Nullable ThreadId child,
    ThreadChange.Child.@Nullable Result result,
    @Nullable Refusal refusal) {

  /**
   * Why no thread does it.
   *
   * @param code stable, such as {@code delegation_too_deep}
   * @param message for people and agents: what was wrong, and what to do
   */
  public record Refusal(String code, String message) {}

  /** A thread does it, and nobody waits for that. */
  public static DelegationReply made(DelegationId id, ThreadId child) {
    return new DelegationReply(id, child, null, null);
  }

  /** A thread has done it. */
  public static DelegationReply done(
      DelegationId id, ThreadId child, ThreadChange.Child.Result result) {
    return new DelegationReply(id, child, result, null);
  }

  /** Nobody does it. */
  public static DelegationReply refused(DelegationId id, String code, String message) {
    return new DelegationReply(id, null, null, new Refusal(code, message));
  }
}
