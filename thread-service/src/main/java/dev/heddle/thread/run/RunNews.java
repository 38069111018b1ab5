package dev.heddle.thread.run;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionStatus;
import org.jspecify.annotations.Nullable;

/**
 * What happened to the session that a thread follows; each is told once, whatever comes twice,
 * except where it says otherwise.
 */
public sealed interface RunNews {

  SessionId session();

  /**
   * An idle thread follows a session that it did not ask for, such as a retry.
   *
   * @param answers the message that it answers, where that is known
   */
  record Adopted(SessionId session, @Nullable MessageId answers) implements RunNews {}

  /** The session's engine runs, for the first time. */
  record EngineStarted(SessionId session) implements RunNews {}

  /**
   * The session is being ended; told with each record that says so.
   *
   * @param by who asked for it; null where nobody said
   */
  record Stopping(SessionId session, @Nullable String by) implements RunNews {}

  /**
   * The session is over, and the thread is idle.
   *
   * @param how completed, failed or cancelled
   * @param why for people; null where nobody said
   * @param stopped whether a person had asked for its end
   */
  record Ended(SessionId session, SessionStatus how, @Nullable String why, boolean stopped)
      implements RunNews {}
}
