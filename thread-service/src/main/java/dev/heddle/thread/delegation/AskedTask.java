package dev.heddle.thread.delegation;

import dev.heddle.contracts.DelegationId;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TraceId;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.conversation.SettingsInput;
import dev.heddle.thread.run.RunStatus;
import dev.heddle.thread.run.ThreadRun;
import org.jspecify.annotations.Nullable;

/**
 * A task that an engine wants delegated.
 *
 * @param thread that delegates it
 * @param attempt whose engine it is
 * @param waits whether the engine waits for the result
 * @param requestedBy the person for whom it runs
 * @param trace of the run; null where nobody knows
 * @param child the thread that does it; null before there is one
 */
record AskedTask(
    DelegationId id,
    ThreadId thread,
    SessionId session,
    int attempt,
    String key,
    String prompt,
    String engine,
    @Nullable String model,
    boolean waits,
    String requestedBy,
    @Nullable TraceId trace,
    State state,
    @Nullable ThreadId child) {

  /** How far it has come. */
  enum State {
    /** Nobody has looked at it yet. */
    ASKED,
    /** A thread does it, and the engine waits. */
    WAITING,
    /** The engine is told, or need not be. */
    DONE
  }

  /** Whether the engine that asked is still there to be told. */
  boolean isOf(ThreadRun run) {
    return session.equals(run.activeSession())
        && attempt == run.attempt()
        && (run.status() == RunStatus.RUNNING || run.status() == RunStatus.WAITING);
  }

  /**
   * What the child is to do, with what its engine may do unasked: never more than that of the run
   * that delegates.
   *
   * @throws ProblemException as {@link DelegationRequest#task}, and where the engine would not ask
   *     for what the one that delegates has to ask
   */
  Task task(PermissionPosture posture) {
    if (engine.equals(SettingsInput.DEFAULT_ENGINE) && posture != PermissionPosture.FULL) {
      throw new ProblemException(
          ThreadError.DELEGATION_NOT_PERMITTED,
          "the engine "
              + engine
              + " runs what it is told without asking, so only a run with the permission full may"
              + " delegate to it; choose another engine, or do it yourself");
    }
    Task task =
        new DelegationRequest(
                key, prompt, engine, model, null, null, null, null, null, null, null, null, null,
                true, null, null)
            .task();
    return posture == PermissionPosture.FULL ? task : task.permitted(posture);
  }

  /** Names no prompt, since it may hold what is nobody else's business. */
  @Override
  public String toString() {
    return "AskedTask[id=%s, key=%s, state=%s]".formatted(id, key, state);
  }
}
