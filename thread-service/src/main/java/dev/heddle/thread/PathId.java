package dev.heddle.thread;

import dev.heddle.contracts.CheckpointId;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.ProblemException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Ids in the path or the parameters of a request. */
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
   * Reads the id of a project, which may be gone.
   *
   * @throws ProblemException {@code invalid_project}
   */
  public static ProjectId project(String text) {
    try {
      return ProjectId.of(text);
    } catch (IllegalArgumentException malformed) {
      throw new ProblemException(
          ThreadError.INVALID_PROJECT, "project must be a UUID of 36 characters here");
    }
  }

  /**
   * Reads the id of a checkpoint.
   *
   * @throws ProblemException {@code invalid_checkpoint}
   */
  public static CheckpointId checkpoint(String text) {
    try {
      return CheckpointId.of(text);
    } catch (IllegalArgumentException malformed) {
      throw new ProblemException(
          ThreadError.INVALID_CHECKPOINT, "a checkpoint is addressed by its UUID of 36 characters");
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
