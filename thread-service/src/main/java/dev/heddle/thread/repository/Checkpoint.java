package dev.heddle.thread.repository;

import dev.heddle.contracts.CheckpointId;
import dev.heddle.contracts.CheckpointMoment;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A state of the files of a workspace.
 *
 * @param ordinal its place in the thread, from 1
 * @param parentId the checkpoint that the workspace stood on; null for the first
 * @param ref the git reference that holds the files
 * @param messageId the user's message that it is anchored at
 * @param moment whether before or after the run
 * @param sessionId the run
 * @param changedFiles files that differ from the parent, untracked ones too
 */
record Checkpoint(
    CheckpointId id,
    int ordinal,
    @Nullable CheckpointId parentId,
    String ref,
    @Nullable MessageId messageId,
    CheckpointMoment moment,
    SessionId sessionId,
    int attempt,
    int changedFiles,
    Instant createdAt) {}
