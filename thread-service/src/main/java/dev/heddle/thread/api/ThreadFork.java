package dev.heddle.thread.api;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.audit.Audit;
import dev.heddle.thread.audit.AuditAction;
import dev.heddle.thread.compaction.Compaction;
import dev.heddle.thread.compaction.Compactions;
import dev.heddle.thread.conversation.Conversation;
import dev.heddle.thread.conversation.Conversations;
import dev.heddle.thread.conversation.Message;
import dev.heddle.thread.conversation.MessageTree;
import dev.heddle.thread.conversation.Messages;
import dev.heddle.thread.conversation.Title;
import dev.heddle.thread.feed.ThreadFeed;
import dev.heddle.thread.project.Project;
import dev.heddle.thread.project.Projects;
import dev.heddle.thread.run.Runs;
import dev.heddle.thread.run.ThreadRun;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Makes a thread of a branch of another one, with the summary of its beginning. The copy shares
 * nothing with it: no run, no workspace and no session of an engine, which could not serve two
 * threads.
 */
@Component
class ThreadFork {

  private static final Logger log = LoggerFactory.getLogger(ThreadFork.class);
  private static final int AT_ONCE = 500;

  private final Projects projects;
  private final Conversations conversations;
  private final Messages messages;
  private final MessageTree tree;
  private final Compactions compactions;
  private final Runs runs;
  private final ThreadFeed feed;
  private final Audit audit;
  private final Clock clock;
  private final Ids ids;

  ThreadFork(
      Projects projects,
      Conversations conversations,
      Messages messages,
      MessageTree tree,
      Compactions compactions,
      Runs runs,
      ThreadFeed feed,
      Audit audit,
      Clock clock,
      Ids ids) {
    this.projects = projects;
    this.conversations = conversations;
    this.messages = messages;
    this.tree = tree;
    this.compactions = compactions;
    this.runs = runs;
    this.feed = feed;
    this.audit = audit;
    this.clock = clock;
    this.ids = ids;
  }

  /**
   * Copies the path to a message.
   *
   * @param title of the copy; null for that of the original
   */
  @Transactional
  ThreadView fork(ThreadId source, MessageId last, @Nullable Title title, String by) {
    // Its messages are read page by page, and must not go in between.
    Conversation original = runs.lockForReading(source) ? conversations.find(source) : null;
    if (original == null) {
      throw Conversations.unknown(source);
    }
    tree.require(source, last);
    Project project = projects.byId(original.project());
    projects.hold(project);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    ThreadId id = new ThreadId(ids.next());
    Conversation copy =
        new Conversation(
            id,
            project.id(),
            title == null ? original.title() : title,
            original.settings(),
            by,
            now);
    ThreadRun run = new ThreadRun(id, now);
    conversations.add(copy);
    runs.add(run);
    conversations.flush();
    copy(source, last, run, now);
    conversations.flush();
    audit.ofThread(AuditAction.THREAD_FORKED, id, by, null, List.of());
    feed.tell(id, by, new ThreadChange.Created(by, now), copy.told(), run.told(), run.toldBranch());
    log.atInfo()
        .addKeyValue("thread", id)
        .addKeyValue("of", source)
        .addKeyValue("messages", run.messageCount())
        .addKeyValue("by", by)
        .log("thread forked");
    return ThreadView.of(copy, run, project, feed.version(id));
  }

  private void copy(ThreadId source, MessageId last, ThreadRun run, Instant now) {
    Compaction summary = compactions.inForce(source, last).orElse(null);
    int after = 0;
    List<Message> page;
    do {
      page = messages.path(last, after, AT_ONCE);
      for (Message message : page) {
        after = message.ordinal();
        MessageId id = new MessageId(ids.next());
        messages.addCopy(
            message.copied(id, run.thread(), run.nextMessage(now), run.activeMessage()));
        run.activate(id);
        if (summary != null && summary.throughMessageId().equals(message.id())) {
          compactions.copy(run.thread(), summary, id, run.messageCount());
        }
      }
    } while (page.size() == AT_ONCE);
  }
}
