package dev.heddle.thread.api;

import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.PullRequest;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.budget.Budget;
import dev.heddle.thread.conversation.Conversation;
import dev.heddle.thread.conversation.TurnSettings;
import dev.heddle.thread.delegation.DelegationPlace;
import dev.heddle.thread.delegation.Descendants;
import dev.heddle.thread.project.Project;
import dev.heddle.thread.run.CheckpointPlace;
import dev.heddle.thread.run.Held;
import dev.heddle.thread.run.LastOutcome;
import dev.heddle.thread.run.RunStatus;
import dev.heddle.thread.run.ThreadRun;
import dev.heddle.thread.usage.Spent;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A thread as clients see it.
 *
 * @param project its project's name
 * @param titleCustom whether a person chose the title
 * @param activeSession null while idle
 * @param attempt of the active or last session
 * @param machine where the active or last run works
 * @param phase what happens before the engine runs; null at any other time
 * @param reason why the run waits, or how it ended
 * @param pendingApprovals how many approvals and questions of its runs wait for a person
 * @param branch the branch of its worktree; null outside a repository
 * @param projectMode {@code worktree} or {@code local}; null outside a repository
 * @param checkpoint where it stands among its checkpoints; null before the first
 * @param pullRequest that of its work
 * @param followUps how many follow-ups wait
 * @param held what keeps them from going on while the thread is idle; null where nothing does
 * @param engine of the next turn, as are model, mode, effort, command and placement
 * @param permission what engines may do without asking; null for what the project says
 * @param engineState what the thread keeps of that engine; null where that is nothing, and in lists
 * @param activeMessageId the last message of the active branch; null before any
 * @param messageCount on all branches
 * @param usage what its runs have spent, without those of threads that it delegated to
 * @param budget what it may spend, with all that it delegates; null for no limit
 * @param delegation the thread that it works for, and its task; null where it works for none
 * @param descendants how many work for it, directly or not
 * @param version of what people set; the ETag is made of it
 * @param feedVersion how far the thread's changes on {@code GET /api/stream} are in this; apply
 *     those of a higher version
 */
record ThreadView(
    ThreadId id,
    String title,
    boolean titleCustom,
    String project,
    ProjectId projectId,
    RunStatus status,
    @Nullable SessionId activeSession,
    int attempt,
    @Nullable String machine,
    @Nullable String phase,
    @Nullable String reason,
    @Nullable Outcome lastOutcome,
    int pendingApprovals,
    @Nullable String branch,
    @Nullable String worktree,
    @Nullable String head,
    @Nullable Integer changedFiles,
    @Nullable String projectMode,
    @Nullable CheckpointPlace checkpoint,
    @Nullable PullRequest pullRequest,
    boolean archived,
    boolean pinned,
    String engine,
    @Nullable String model,
    @Nullable String mode,
    @Nullable String effort,
    List<String> command,
    Placement placement,
    @Nullable PermissionPosture permission,
    @Nullable EngineState engineState,
    @Nullable MessageId activeMessageId,
    int messageCount,
    int followUps,
    @Nullable Held held,
    Spent usage,
    @Nullable Budget budget,
    @Nullable DelegationPlace delegation,
    Descendants descendants,
    long version,
    long feedVersion,
    String createdBy,
    Instant createdAt,
    Instant updatedAt,
    Instant lastActivityAt) {

  /** How the last run ended. */
  record Outcome(
      SessionStatus status,
      @Nullable String code,
      @Nullable String message,
      @Nullable String by,
      SessionId sessionId,
      Instant at) {}

  /** Where the next turn may run. */
  record Placement(String pool, @Nullable String machine, Map<String, String> labels) {}

  /** What is kept of a thread beside it. */
  record Beside(Spent usage, @Nullable DelegationPlace delegation, Descendants descendants) {

    static final Beside NOTHING = new Beside(Spent.NOTHING, null, Descendants.NONE);
  }

  static ThreadView of(
      Conversation conversation, ThreadRun run, Project project, long feedVersion, Beside beside) {
    return of(conversation, run, project, feedVersion, beside, null);
  }

  static ThreadView of(
      Conversation conversation,
      ThreadRun run,
      Project project,
      long feedVersion,
      Beside beside,
      @Nullable EngineState engineState) {
    TurnSettings settings = conversation.settings();
    return new ThreadView(
        conversation.id(),
        conversation.title().text(),
        conversation.title().custom(),
        project.name(),
        project.id(),
        run.status(),
        run.activeSession(),
        run.attempt(),
        run.machine(),
        run.phase(),
        run.reason(),
        outcomeOf(run.lastOutcome()),
        run.pendingApprovals(),
        run.branch(),
        run.worktreePath(),
        run.head(),
        run.changedFiles(),
        run.projectMode(),
        run.checkpointPlace(),
        run.pullRequest(),
        conversation.isArchived(),
        conversation.isPinned(),
        settings.engine(),
        settings.model(),
        settings.mode(),
        settings.effort(),
        settings.command(),
        new Placement(settings.pool(), settings.machine(), settings.labels()),
        settings.permission(),
        engineState,
        run.activeMessage(),
        run.messageCount(),
        run.followUps(),
        run.held(),
        beside.usage(),
        conversation.budget(),
        beside.delegation(),
        beside.descendants(),
        conversation.version(),
        feedVersion,
        conversation.createdBy(),
        conversation.createdAt(),
        conversation.updatedAt(),
        run.lastActivityAt());
  }

  private static @Nullable Outcome outcomeOf(@Nullable LastOutcome outcome) {
    return outcome == null
        ? null
        : new Outcome(
            outcome.status(),
            outcome.code(),
            outcome.message(),
            outcome.by(),
            new SessionId(outcome.sessionId()),
            outcome.at());
  }
}
