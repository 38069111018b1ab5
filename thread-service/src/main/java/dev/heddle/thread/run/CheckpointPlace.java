package dev.heddle.thread.run;

import dev.heddle.contracts.CheckpointId;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.ThreadChange;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where a thread stands among its checkpoints.
 *
 * @param anchor the user's message that the checkpoint under the cursor belongs to
 * @param cursor the checkpoint that the files are those of
 * @param latest the checkpoint that was captured last
 */
@Embeddable
public record CheckpointPlace(
    @Column(name = "checkpoint_anchor") @Nullable UUID anchor,
    @Column(name = "checkpoint_cursor") UUID cursor,
    @Column(name = "checkpoint_latest") UUID latest) {

  static CheckpointPlace at(CheckpointId captured, @Nullable UUID anchor) {
    return new CheckpointPlace(anchor, captured.value(), captured.value());
  }

  /** Where it stands after the files were put back to a checkpoint. */
  CheckpointPlace movedTo(CheckpointId checkpoint, @Nullable UUID its) {
    return new CheckpointPlace(its, checkpoint.value(), latest);
  }

  /** As the feed tells it. */
  ThreadChange.CheckpointPlace told() {
    return new ThreadChange.CheckpointPlace(
        new CheckpointId(cursor),
        new CheckpointId(latest),
        anchor == null ? null : new MessageId(anchor));
  }
}
