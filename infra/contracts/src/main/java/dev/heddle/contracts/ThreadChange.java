package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What changed of a thread: one kind for each area of its state, with the new values of the whole
 * area, so that whoever holds a copy replaces that area and needs nothing else.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
public sealed interface ThreadChange {

  /** The thread is new. The other changes of the same record tell how it began. */
  @JsonTypeName("created")
  record Created(String createdBy, Instant createdAt) implements ThreadChange {}

  /** The thread is gone with all that it had; nothing follows but another of the same id. */
  @JsonTypeName("deleted")
  record Deleted() implements ThreadChange {}

  /**
   * The stable part: what people set.
   *
   * @param version what the thread's ETag is made of
   * @param engine of the next turn
   * @param placement where the next turn may run
   */
  @JsonTypeName("settings")
  record Settings(
      long version,
      String title,
      boolean titleCustom,
      boolean archived,
      boolean pinned,
      EngineSpec engine,
      Placement placement,
      Instant updatedAt)
      implements ThreadChange {}

  /**
   * Where the run stands.
   *
   * @param status {@code idle}, {@code queued}, {@code running}, {@code waiting} or {@code
   *     stopping}
   * @param sessionId null while idle
   * @param attempt of the active or last session; 0 before its first
   * @param machine where the active or last run works; null before the first
   * @param phase what happens before the engine runs; null at any other time
   * @param reason why it waits, or how it ended; for people
   * @param lastOutcome how the last run ended; null before the first end
   */
  @JsonTypeName("run")
  record Run(
      String status,
      @Nullable SessionId sessionId,
      int attempt,
      @Nullable String machine,
      @Nullable String phase,
      @Nullable String reason,
      @Nullable RunOutcome lastOutcome,
      Instant lastActivityAt)
      implements ThreadChange {}

  /**
   * A message is new, or became another. Changes of several messages may be in one record.
   *
   * @param ordinal its place in the thread, from 1
   * @param text its beginning, at most {@link #MAX_TEXT} characters
   * @param cut whether the message has more text than is here
   * @param truncated whether the message itself was cut when it was stored
   * @param sessionId the run that answers it, or that said it
   * @param attempt of the run that said it; null for a person's
   * @param parentId what was said before it on its branch; null where a conversation begins
   */
  @JsonTypeName("message")
  record Message(
      MessageId messageId,
      int ordinal,
      Role role,
      MessageStatus status,
      String text,
      boolean cut,
      boolean truncated,
      @Nullable SessionId sessionId,
      @Nullable Integer attempt,
      Instant createdAt,
      @Nullable MessageId parentId)
      implements ThreadChange {

    /** In UTF-16 units, as Java counts them. */
    public static final int MAX_TEXT = 8 * 1024;

    /** Of one that begins its conversation. */
    public Message(
        MessageId messageId,
        int ordinal,
        Role role,
        MessageStatus status,
        String text,
        boolean cut,
        boolean truncated,
        @Nullable SessionId sessionId,
        @Nullable Integer attempt,
        Instant createdAt) {
      this(
          messageId, ordinal, role, status, text, cut, truncated, sessionId, attempt, createdAt,
          null);
    }
  }

  /**
   * The active branch.
   *
   * @param activeMessageId its last message, behind which the next one goes; null before any
   */
  @JsonTypeName("branch")
  record Branch(@Nullable MessageId activeMessageId) implements ThreadChange {}

  /**
   * The repository as the last run left it.
   *
   * @param branch that the last run was on, or the next will be
   * @param worktree its path on the machine
   * @param head the commit that is checked out
   * @param changedFiles files that differ from it, untracked ones too
   * @param projectMode {@code worktree} or {@code local}, as the last run was asked for; null
   *     outside a repository
   * @param checkpoint where the thread stands among its checkpoints; null before the first
   * @param pullRequest of the thread's work; null for none
   */
  @JsonTypeName("repository")
  record Repository(
      @Nullable String branch,
      @Nullable String worktree,
      @Nullable String head,
      @Nullable Integer changedFiles,
      @Nullable String projectMode,
      @Nullable CheckpointPlace checkpoint,
      @Nullable PullRequest pullRequest)
      implements ThreadChange {}

  /**
   * The queue of follow-ups.
   *
   * @param queued how many wait
   * @param held why none is sent though the thread is idle; null where nothing holds them
   */
  @JsonTypeName("follow.ups")
  record FollowUps(int queued, @Nullable String held) implements ThreadChange {}

  /**
   * What waits for a person's decision.
   *
   * @param ids of those that are pending, the oldest first
   */
  @JsonTypeName("approvals")
  record Approvals(int pending, List<String> ids) implements ThreadChange {

    public Approvals {
      ids = List.copyOf(Objects.requireNonNullElse(ids, List.of()));
    }
  }

  /**
   * The plan.
   *
   * @param version rises with each change of it
   * @param tasks how many it has
   * @param completed how many of them are done
   */
  @JsonTypeName("plan")
  record Plan(long version, int tasks, int completed) implements ThreadChange {}

  /**
   * Where a thread stands among its checkpoints.
   *
   * @param cursor the checkpoint that the files are those of
   * @param latest the checkpoint that was captured last
   * @param anchor the user's message that the checkpoint under the cursor belongs to; null where
   *     nobody knows
   */
  record CheckpointPlace(CheckpointId cursor, CheckpointId latest, @Nullable MessageId anchor) {}

  /** Where a turn may run; null for any machine of the pool. */
  record Placement(String pool, @Nullable String machine, Map<String, String> labels) {

    public Placement {
      labels = Map.copyOf(Objects.requireNonNullElse(labels, Map.of()));
    }
  }

  /**
   * How a run ended.
   *
   * @param code of the failure
   * @param message for people
   * @param by who cancelled it; null where nobody did
   */
  record RunOutcome(
      SessionStatus status,
      @Nullable String code,
      @Nullable String message,
      @Nullable String by,
      SessionId sessionId,
      Instant at) {}
}
