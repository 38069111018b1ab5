package dev.heddle.thread.repository;

import dev.heddle.contracts.CheckpointId;
import dev.heddle.contracts.SessionFact.FileChange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint changed.
 *
 * @param fromId the checkpoint that it is compared with; null for the commit that was checked out
 *     when it was captured
 * @param changedFiles all of them, also where the list was cut
 * @param files with the lines that each has gained and lost
 * @param patch as {@code git diff} shows it
 * @param truncated whether the end of the patch or of the list was cut
 */
record CheckpointDiff(
    CheckpointId checkpointId,
    @Nullable CheckpointId fromId,
    int changedFiles,
    List<FileChange> files,
    String patch,
    boolean truncated) {}
