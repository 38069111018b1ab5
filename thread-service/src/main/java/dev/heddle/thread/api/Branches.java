package dev.heddle.thread.api;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.Cursor;
import dev.heddle.rest.Page;
import dev.heddle.thread.conversation.Conversations;
import dev.heddle.thread.conversation.Message;
import dev.heddle.thread.conversation.Messages;
import dev.heddle.thread.run.Runs;
import dev.heddle.thread.run.ThreadRun;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What was said in a thread, branch by branch. */
@Component
class Branches {

  private final Messages messages;
  private final Runs runs;

  Branches(Messages messages, Runs runs) {
    this.messages = messages;
    this.runs = runs;
  }

  /**
   * The messages of the active branch, or of all.
   *
   * @param all whether those of all branches
   */
  @Transactional(readOnly = true)
  public Page<MessageView> messages(
      ThreadId thread, boolean all, @Nullable String cursor, int limit) {
    MessageId active = require(thread).activeMessage();
    if (!all) {
      return path(thread, active, cursor, limit);
    }
    return OrdinalPage.of(
        cursor,
        0,
        limit,
        (after, count) -> messages.all(thread, after, count),
        page -> views(thread, page),
        Message::ordinal);
  }

  /** The cursor names the branch as well: another may be active by the next page. */
  private Page<MessageView> path(
      ThreadId thread, @Nullable MessageId active, @Nullable String cursor, int limit) {
    MessageId leaf = active;
    String place = null;
    if (cursor != null) {
      List<String> parts = Cursor.decode(cursor, 2);
      place = Cursor.encode(parts.getFirst());
      MessageId begun = leafOf(thread, parts.getLast());
      // A branch that has only grown is shown as it is now.
      leaf = messages.isOnPath(begun, active) ? active : begun;
    }
    MessageId end = leaf;
    Page<MessageView> page =
        OrdinalPage.of(
            place,
            0,
            limit,
            (after, count) -> messages.path(end, after, count),
            found -> views(thread, found),
            Message::ordinal);
    String next = page.nextCursor();
    return next == null || end == null
        ? page
        : new Page<>(page.items(), Cursor.encode(Cursor.decode(next, 1).getFirst(), end));
  }

  private MessageId leafOf(ThreadId thread, String id) {
    MessageId leaf;
    try {
      leaf = MessageId.of(id);
    } catch (IllegalArgumentException foreign) {
      throw ThreadList.foreignCursor();
    }
    Message found = messages.find(leaf);
    if (found == null || !found.thread().equals(thread)) {
      throw ThreadList.foreignCursor();
    }
    return leaf;
  }

  /** The branches of a thread, the one that was written last first. */
  @Transactional(readOnly = true)
  public Page<BranchView> list(ThreadId thread, @Nullable String cursor, int limit) {
    MessageId active = require(thread).activeMessage();
    return OrdinalPage.of(
        cursor,
        Integer.MAX_VALUE,
        limit,
        (before, count) -> messages.leaves(thread, before, count),
        page -> page.stream().map(leaf -> BranchView.of(leaf, leaf.id().equals(active))).toList(),
        Message::ordinal);
  }

  /** The branch that a thread shows. */
  @Transactional(readOnly = true)
  ActiveBranch active(ThreadId thread) {
    return ActiveBranch.of(require(thread).activeMessage());
  }

  private List<MessageView> views(ThreadId thread, List<Message> page) {
    Set<@Nullable MessageId> parents = new HashSet<>();
    page.forEach(message -> parents.add(message.parent()));
    Map<String, List<MessageId>> children =
        page.isEmpty() ? Map.of() : messages.children(thread, parents);
    return page.stream()
        .map(message -> {
          MessageId parent = message.parent();
          List<MessageId> siblings = children.get(parent == null ? "" : parent.toString());
          return MessageView.of(message, siblings == null ? List.of(message.id()) : siblings);
        })
        .toList();
  }

  private ThreadRun require(ThreadId thread) {
    ThreadRun run = runs.find(thread);
    if (run == null) {
      throw Conversations.unknown(thread);
    }
    return run;
  }
}
