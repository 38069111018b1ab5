package dev.heddle.thread.run;

import dev.heddle.contracts.MessageId;
import java.time.Instant;

/** Hands a message to the turn that runs, where its engine can take one. */
public interface Steering {

  /**
   * Sends a message into the active run, in the transaction of a caller who holds its lock, and who
   * stores the message if it is taken.
   *
   * @return false where the engine cannot take it, and nothing was done
   */
  boolean steer(ThreadRun run, MessageId message, String text, String by, Instant now);
}
