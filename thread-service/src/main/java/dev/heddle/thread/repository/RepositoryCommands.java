package dev.heddle.thread.repository;

import dev.heddle.contracts.PullRequest;
import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.Cursor;
import dev.heddle.rest.Page;
import dev.heddle.rest.ProblemException;
import dev.heddle.rest.RestError;
import dev.heddle.thread.audit.Audit;
import dev.heddle.thread.audit.AuditAction;
import dev.heddle.thread.conversation.Conversations;
import dev.heddle.thread.feed.ThreadFeed;
import dev.heddle.thread.run.Runs;
import dev.heddle.thread.run.ThreadRun;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What people do with the repository of a thread. */
@Component
class RepositoryCommands {

  private static final Logger log = LoggerFactory.getLogger(RepositoryCommands.class);

  private final Conversations conversations;
  private final Runs runs;
  private final Checkpoints checkpoints;
  private final ThreadFeed feed;
  private final Audit audit;

  RepositoryCommands(
      Conversations conversations,
      Runs runs,
      Checkpoints checkpoints,
      ThreadFeed feed,
      Audit audit) {
    this.conversations = conversations;
    this.runs = runs;
    this.checkpoints = checkpoints;
    this.feed = feed;
    this.audit = audit;
  }

  /** Notes the pull request of a thread's work; null for none. */
  @Transactional
  void link(ThreadId thread, @Nullable PullRequest pullRequest, String by) {
    ThreadRun run = runs.lock(thread);
    if (run == null) {
      throw Conversations.unknown(thread);
    }
    if (!run.link(pullRequest)) {
      return;
    }
    conversations.flush();
    audit.ofThread(AuditAction.PULL_REQUEST_CHANGED, thread, by, null, List.of());
    feed.tell(thread, by, run.toldRepository());
    log.atInfo()
        .addKeyValue("thread", thread)
        .addKeyValue("number", pullRequest == null ? null : pullRequest.number())
        .addKeyValue("by", by)
        .log("pull request linked");
  }

  /** The checkpoints of a thread, the oldest first. */
  @Transactional(readOnly = true)
  Page<Checkpoint> checkpoints(ThreadId thread, @Nullable String cursor, int limit) {
    if (runs.find(thread) == null) {
      throw Conversations.unknown(thread);
    }
    List<Checkpoint> found =
        checkpoints.list(thread, cursor == null ? 0 : ordinalOf(cursor), limit + 1);
    List<Checkpoint> shown = found.stream().limit(limit).toList();
    return new Page<>(
        shown, found.size() > limit ? Cursor.encode(shown.getLast().ordinal()) : null);
  }

  private static int ordinalOf(String cursor) {
    try {
      return Integer.parseInt(Cursor.decode(cursor, 1).getFirst());
    } catch (NumberFormatException foreign) {
      throw new ProblemException(
          RestError.BAD_CURSOR, "The cursor is of another list; begin again without one.");
    }
  }
}
