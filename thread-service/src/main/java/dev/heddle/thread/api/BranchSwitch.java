package dev.heddle.thread.api;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.audit.Audit;
import dev.heddle.thread.audit.AuditAction;
import dev.heddle.thread.conversation.Conversation;
import dev.heddle.thread.conversation.Conversations;
import dev.heddle.thread.conversation.MessageTree;
import dev.heddle.thread.conversation.Messages;
import dev.heddle.thread.feed.ThreadFeed;
import dev.heddle.thread.project.Project;
import dev.heddle.thread.project.Projects;
import dev.heddle.thread.repository.Resets;
import dev.heddle.thread.repository.Resets.Reset;
import dev.heddle.thread.run.RunFeed;
import dev.heddle.thread.run.Runs;
import dev.heddle.thread.run.ThreadRun;
import dev.heddle.thread.turn.LockedThread;
import dev.heddle.thread.turn.Turns;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Changes the branch that a thread shows, and where that is wanted its files as well. */
@Component
class BranchSwitch {

  private final Conversations conversations;
  private final Projects projects;
  private final Messages messages;
  private final MessageTree tree;
  private final Runs runs;
  private final Resets resets;
  private final Turns turns;
  private final ThreadFeed feed;
  private final Audit audit;
  private final Clock clock;

  BranchSwitch(
      Conversations conversations,
      Projects projects,
      Messages messages,
      MessageTree tree,
      Runs runs,
      Resets resets,
      Turns turns,
      ThreadFeed feed,
      Audit audit,
      Clock clock) {
    this.conversations = conversations;
    this.projects = projects;
    this.messages = messages;
    this.tree = tree;
    this.runs = runs;
    this.resets = resets;
    this.turns = turns;
    this.feed = feed;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Makes the branch active that was written last of those that a message is on.
   *
   * @param changes what becomes of uncommitted files; null where nobody said
   */
  @Transactional
  ActiveBranch choose(
      ThreadId thread, MessageId message, @Nullable WithChanges changes, String by) {
    ThreadRun run = runs.lock(thread);
    if (run == null) {
      throw Conversations.unknown(thread);
    }
    tree.require(thread, message);
    MessageId last = messages.newestBelow(message);
    if (last.equals(run.activeMessage())) {
      return ActiveBranch.of(last);
    }
    requireChoice(run, changes);
    RunFeed moved = RunFeed.from(run);
    Reset reset = changes == WithChanges.STASH ? resetTo(run, last) : null;
    SessionId session = reset == null ? null : putBack(run, reset, by);
    run.activate(last);
    List<ThreadChange> told = moved.changes();
    conversations.flush();
    audit.ofThread(AuditAction.BRANCH_CHOSEN, thread, by, session, List.of());
    feed.tell(thread, by, told);
    return ActiveBranch.of(last, session);
  }

  private static void requireChoice(ThreadRun run, @Nullable WithChanges changes) {
    Integer uncommitted = run.changedFiles();
    if (changes == null && uncommitted != null && uncommitted > 0) {
      throw new ProblemException(
              ThreadError.UNCOMMITTED_CHANGES,
              "%d files of the workspace are not committed; say {\"changes\": \"carry\"} to go on with them, or \"stash\" to keep them as a checkpoint and have those of the branch put back"
                  .formatted(uncommitted))
          .with("changedFiles", uncommitted.toString());
    }
  }

  /** Null where the files are those of the branch already. */
  private @Nullable Reset resetTo(ThreadRun run, MessageId leaf) {
    if (run.status().isBusy()) {
      throw new ProblemException(
          ThreadError.THREAD_BUSY,
          "the thread is " + run.status().wire() + "; its files can be put back when that is over");
    }
    Reset reset = resets.toBranch(run, leaf);
    return resets.isThere(run, reset) ? null : reset;
  }

  private SessionId putBack(ThreadRun run, Reset reset, String by) {
    Conversation conversation = conversations.lock(run.thread());
    if (conversation.isArchived()) {
      throw new ProblemException(
          ThreadError.THREAD_ARCHIVED,
          "thread " + run.thread() + " is archived; PATCH it with {\"archived\": false} first");
    }
    Project project = projects.byId(conversation.project());
    projects.hold(project);
    return turns
        .reset(
            new LockedThread(run, conversation, project),
            reset.target(),
            reset.about(),
            by,
            clock.instant().truncatedTo(ChronoUnit.MICROS))
        .session();
  }
}
