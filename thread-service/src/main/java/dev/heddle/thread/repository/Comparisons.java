package dev.heddle.thread.repository;

import dev.heddle.contracts.CheckpointId;
import dev.heddle.contracts.RepositoryAction;
import dev.heddle.contracts.SessionFact.CheckpointCompared;
import dev.heddle.contracts.SessionFact.FileChange;
import dev.heddle.contracts.ThreadId;
import dev.heddle.messaging.Json;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.PathId;
import dev.heddle.thread.StorableText;
import dev.heddle.thread.ThreadError;
import java.nio.charset.StandardCharsets;
import java.sql.Types;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What checkpoints changed, as far as a machine has told. */
@Repository
public class Comparisons {

  /** For the commit that was checked out when the checkpoint was captured. */
  private static final String BASE = "base";

  private final JdbcClient jdbc;
  private final Checkpoints checkpoints;

  Comparisons(JdbcClient jdbc, Checkpoints checkpoints) {
    this.jdbc = jdbc;
    this.checkpoints = checkpoints;
  }

  /**
   * What a machine is to be asked.
   *
   * @param from a checkpoint's UUID, {@code base}, or null for the checkpoint's parent
   * @throws ProblemException {@code unknown_checkpoint} or {@code invalid_checkpoint}
   */
  public RepositoryAction.Compare of(ThreadId thread, CheckpointId id, @Nullable String from) {
    Checkpoint checkpoint = require(thread, id);
    if (from == null) {
      return new RepositoryAction.Compare(id, checkpoint.parentId());
    }
    return new RepositoryAction.Compare(
        id, from.equals(BASE) ? null : require(thread, PathId.checkpoint(from)).id());
  }

  /**
   * What was told.
   *
   * @throws ProblemException {@code no_diff}, or as {@link #of}
   */
  CheckpointDiff find(ThreadId thread, CheckpointId id, @Nullable String from) {
    CheckpointId left = of(thread, id, from).fromId();
    return jdbc.sql(
            """
            select changed_files, files, patch, truncated from checkpoint_diff
            where checkpoint_id = :id and from_id is not distinct from :from
            """)
        .param("id", id.value())
        .param("from", left == null ? null : left.value(), Types.OTHER)
        .query((row, _) ->
            new CheckpointDiff(
                id,
                left,
                row.getInt("changed_files"),
                filesOf(row.getString("files")),
                row.getString("patch"),
                row.getBoolean("truncated")))
        .optional()
        .orElseThrow(() ->
            new ProblemException(
                ThreadError.NO_DIFF,
                "no machine has told this comparison yet; POST to the same address to have it made"));
  }

  /** Keeps what a machine told; the same two checkpoints never differ otherwise. */
  void keep(ThreadId thread, CheckpointCompared told) {
    CheckpointId left = told.fromId();
    jdbc.sql(
            """
            insert into checkpoint_diff
              (thread_id, checkpoint_id, from_id, changed_files, files, patch, truncated)
            select thread_id, id, :from, :changed, :files::jsonb, :patch, :truncated
            from checkpoint where thread_id = :thread and id = :id
            on conflict (checkpoint_id, from_id) do nothing
            """)
        .param("thread", thread.value())
        .param("id", told.checkpointId().value())
        .param("from", left == null ? null : left.value(), Types.OTHER)
        .param("changed", told.changedFiles())
        .param("files", StorableText.cleanJson(Json.string(told.files())))
        .param("patch", StorableText.clean(told.patch()))
        .param("truncated", told.truncated())
        .update();
  }

  private Checkpoint require(ThreadId thread, CheckpointId id) {
    Checkpoint found = checkpoints.find(thread, id);
    if (found == null) {
      throw new ProblemException(
          ThreadError.UNKNOWN_CHECKPOINT, "the thread has no checkpoint of the id " + id);
    }
    return found;
  }

  private static List<FileChange> filesOf(String json) {
    return List.of(Json.read(json.getBytes(StandardCharsets.UTF_8), FileChange[].class));
  }
}
