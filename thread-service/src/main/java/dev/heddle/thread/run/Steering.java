package dev.heddle.thread.run;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.MessageId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Hands a message to the turn that runs, where its engine can take one. */
public interface Steering {

  /**
   * Sends a message into the active run, in the transaction of a caller who holds its lock, and who
   * stores the message if it is taken.
   *
   * @return the command whose outcome tells whether the engine has taken it; null where the engine
   *     cannot take it, and nothing was done
   */
  @Nullable CommandId steer(ThreadRun run, MessageId message, String text, String by, Instant now);
}
