package dev.heddle.contracts;

import org.jspecify.annotations.Nullable;

/**
 * The checkpoint to which the files of a workspace are put back.
 *
 * @param ref the git reference that holds the files
 * @param standAt the message behind which the conversation goes on then; null for its beginning
 */
public record CheckpointTarget(
    CheckpointId checkpointId, String ref, @Nullable MessageId standAt) {}
