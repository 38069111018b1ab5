package dev.heddle.thread;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.ProblemException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Ids in the path of a request. */
public final class PathId {

  private PathId() {}

  /**
   * Reads the id of a thread.
   *
   * @throws ProblemException {@code invalid_thread}
   */
  public static ThreadId thread(String text) {
    try {
      return ThreadId.of(text);
    } catch (IllegalArgumentException malformed) {
      throw new ProblemException(
          ThreadError.INVALID_THREAD, "a thread is addressed by its UUID of 36 characters");
    }
  }

  /**
   * Reads the id of a message.
   *
   * @throws ProblemException {@code invalid_message}
   */
  public static MessageId message(@Nullable String text) {
    try {
      return MessageId.of(Objects.requireNonNullElse(text, ""));
    } catch (IllegalArgumentException malformed) {
      throw new ProblemException(
          ThreadError.INVALID_MESSAGE, "a message is addressed by its UUID of 36 characters");
    }
  }
}
