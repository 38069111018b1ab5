package dev.heddle.thread.repository;

import dev.heddle.contracts.CheckpointId;
import dev.heddle.contracts.CheckpointMoment;
import dev.heddle.contracts.CheckpointTarget;
import dev.heddle.contracts.MessageId;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.conversation.Message;
import dev.heddle.thread.conversation.Messages;
import dev.heddle.thread.run.CheckpointPlace;
import dev.heddle.thread.run.ThreadRun;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** To which files a thread can go back, and where its conversation stands then. */
@Component
public class Resets {

  /** Of a branch, the last messages are looked at; its files are those of one of them. */
  private static final int LOOK_BACK = 10_000;

  /**
   * A way back.
   *
   * @param about a message that the run is about, as every run is
   */
  public record Reset(CheckpointTarget target, MessageId about) {}

  private final Checkpoints checkpoints;
  private final Messages messages;

  Resets(Checkpoints checkpoints, Messages messages) {
    this.checkpoints = checkpoints;
    this.messages = messages;
  }

  /**
   * To a checkpoint: what was said since goes on from there as a new branch.
   *
   * @throws ProblemException {@code unknown_checkpoint}
   */
  public Reset to(ThreadRun run, CheckpointId id) {
    Checkpoint found = checkpoints.find(run.thread(), id);
    if (found == null) {
      throw unknown(id);
    }
    return reset(run, found, standAt(found));
  }

  /**
   * To the checkpoint that was captured last.
   *
   * @throws ProblemException {@code nothing_to_redo}
   */
  public Reset redo(ThreadRun run) {
    CheckpointPlace place = run.checkpointPlace();
    if (place == null || place.cursor().equals(place.latest())) {
      throw new ProblemException(
          ThreadError.NOTHING_TO_REDO,
          "the files of thread " + run.thread() + " are those of its last checkpoint");
    }
    return to(run, new CheckpointId(place.latest()));
  }

  /**
   * To the files of a branch.
   *
   * @param leaf its last message, behind which the conversation goes on
   * @throws ProblemException {@code no_checkpoint}
   */
  public Reset toBranch(ThreadRun run, MessageId leaf) {
    List<MessageId> path = messages.path(leaf, 0, LOOK_BACK).stream().map(Message::id).toList();
    Checkpoint found = checkpoints.newestAt(run.thread(), path);
    if (found == null) {
      throw new ProblemException(
          ThreadError.NO_CHECKPOINT,
          "no checkpoint is anchored at a message of this branch; say {\"changes\": \"carry\"} to keep"
              + " the files as they are");
    }
    return reset(run, found, leaf);
  }

  /** Whether the files are those already, as far as the thread knows. */
  public boolean isThere(ThreadRun run, Reset reset) {
    CheckpointPlace place = run.checkpointPlace();
    return place != null && place.cursor().equals(reset.target().checkpointId().value());
  }

  private static Reset reset(ThreadRun run, Checkpoint found, @Nullable MessageId standAt) {
    MessageId about = run.activeMessage() == null ? found.messageId() : run.activeMessage();
    if (about == null) {
      throw unknown(found.id());
    }
    return new Reset(new CheckpointTarget(found.id(), found.ref(), standAt), about);
  }

  /** Before the message that it was captured before, or behind all that its run has said. */
  private @Nullable MessageId standAt(Checkpoint checkpoint) {
    MessageId anchor = checkpoint.messageId();
    Message anchored = anchor == null ? null : messages.find(anchor);
    if (anchored == null) {
      return null;
    }
    if (checkpoint.moment() == CheckpointMoment.BEFORE) {
      return anchored.parent();
    }
    Message last = messages.lastOf(anchored.thread(), checkpoint.sessionId());
    return last == null || !messages.isOnPath(anchored.id(), last.id()) ? anchor : last.id();
  }

  private static ProblemException unknown(CheckpointId id) {
    return new ProblemException(
        ThreadError.UNKNOWN_CHECKPOINT, "the thread has no checkpoint of the id " + id);
  }
}
