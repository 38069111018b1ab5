package dev.heddle.thread.followup;

import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.Etag;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.audit.Audit;
import dev.heddle.thread.audit.AuditAction;
import dev.heddle.thread.conversation.Conversation;
import dev.heddle.thread.conversation.Conversations;
import dev.heddle.thread.feed.ThreadFeed;
import dev.heddle.thread.run.Held;
import dev.heddle.thread.run.HoldCause;
import dev.heddle.thread.run.RunControl;
import dev.heddle.thread.run.RunFeed;
import dev.heddle.thread.run.Runs;
import dev.heddle.thread.run.ThreadRun;
import dev.heddle.thread.turn.Said;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.node.ObjectNode;

/** What people do with the follow-ups of a thread, each in one transaction. */
@Component
class FollowUpCommands {

  private static final Logger log = LoggerFactory.getLogger(FollowUpCommands.class);

  private final FollowUps followUps;
  private final FollowUpQueue queue;
  private final Outlet outlet;
  private final Runs runs;
  private final RunControl control;
  private final Conversations conversations;
  private final ThreadFeed feed;
  private final Audit audit;
  private final Clock clock;

  FollowUpCommands(
      FollowUps followUps,
      FollowUpQueue queue,
      Outlet outlet,
      Runs runs,
      RunControl control,
      Conversations conversations,
      ThreadFeed feed,
      Audit audit,
      Clock clock) {
    this.followUps = followUps;
    this.queue = queue;
    this.outlet = outlet;
    this.runs = runs;
    this.control = control;
    this.conversations = conversations;
    this.feed = feed;
    this.audit = audit;
    this.clock = clock;
  }

  @Transactional(readOnly = true)
  QueueView list(ThreadId thread) {
    ThreadRun run = runs.find(thread);
    Conversation conversation = conversations.find(thread);
    if (run == null || conversation == null) {
      throw Conversations.unknown(thread);
    }
    return view(run, conversation.isArchived());
  }

  @Transactional(readOnly = true)
  FollowUpView get(ThreadId thread, FollowUpId id) {
    if (conversations.find(thread) == null) {
      throw Conversations.unknown(thread);
    }
    return view(require(thread, id));
  }

  /** A thread that could answer at once does; only otherwise is there anything to wait for. */
  @Transactional
  FollowUpView add(ThreadId thread, Said said, String by) {
    ThreadRun run = lock(thread);
    requireUsable(run);
    RunFeed moved = RunFeed.from(run);
    FollowUpId id = queue.add(run, said, by, false, now());
    audit(AuditAction.FOLLOW_UP_QUEUED, run, by);
    if (!run.status().isBusy() && run.held() == null) {
      Held held = outlet.hold(run);
      if (held != null && held.cause() == HoldCause.BUDGET) {
        run.hold(held);
      } else {
        queue.send(run, require(thread, id), now());
      }
    }
    feed.tell(thread, by, moved.changes());
    return view(require(thread, id));
  }

  @Transactional
  FollowUpView change(
      ThreadId thread, FollowUpId id, ObjectNode body, @Nullable String ifMatch, String by) {
    ThreadRun run = lock(thread);
    FollowUp current = requireQueued(thread, id);
    requireVersion(current, ifMatch);
    FollowUpPatch.Wanted wanted = FollowUpPatch.of(body, current.said());
    if (!wanted.said().equals(current.said())) {
      followUps.store(current.edited(wanted.said()));
    }
    if (wanted.place() != null) {
      List<FollowUpId> order = new ArrayList<>(followUps.order(thread));
      order.remove(id);
      order.add(Math.min(wanted.place() - 1, order.size()), id);
      followUps.arrange(thread, order);
    }
    if (wanted.place() != null || !wanted.said().equals(current.said())) {
      audit(AuditAction.FOLLOW_UP_CHANGED, run, by);
      // Neither number nor hold is another, but whoever shows the queue must look again.
      feed.tell(thread, by, run.toldFollowUps());
    }
    log(thread, id, by, "follow-up changed");
    return view(require(thread, id));
  }

  @Transactional
  void remove(ThreadId thread, FollowUpId id, @Nullable String ifMatch, String by) {
    ThreadRun run = lock(thread);
    FollowUp current = requireQueued(thread, id);
    requireVersion(current, ifMatch);
    followUps.store(current.withdrawn());
    run.followUpGone();
    audit(AuditAction.FOLLOW_UP_REMOVED, run, by);
    feed.tell(thread, by, run.toldFollowUps());
    log(thread, id, by, "follow-up removed");
  }

  /** An idle thread answers it at once; a busy one is stopped, and answers it next. */
  @Transactional
  FollowUpView send(ThreadId thread, FollowUpId id, String by) {
    ThreadRun run = lock(thread);
    requireUsable(run);
    FollowUp next = requireQueued(thread, id);
    RunFeed moved = RunFeed.from(run);
    audit(AuditAction.FOLLOW_UP_SENT, run, by);
    log(thread, id, by, "follow-up to be sent now");
    if (run.status().isBusy()) {
      followUps.putFirst(next);
      feed.note(thread, run.toldFollowUps());
      control.stop(run, by, "interrupted by a follow-up", now());
    } else {
      queue.send(run, next, now());
    }
    feed.tell(thread, by, moved.changes());
    return view(require(thread, id));
  }

  /** Sends the next one, whatever held it; nothing where the thread is busy or none waits. */
  @Transactional
  QueueView resume(ThreadId thread, String by) {
    ThreadRun run = lock(thread);
    requireUsable(run);
    FollowUp next = run.status().isBusy() ? null : followUps.first(thread);
    if (next != null) {
      RunFeed moved = RunFeed.from(run);
      audit(AuditAction.FOLLOW_UP_SENT, run, by);
      log(thread, next.id(), by, "follow-ups resumed");
      queue.send(run, next, now());
      feed.tell(thread, by, moved.changes());
    }
    return view(run, false);
  }

  private QueueView view(ThreadRun run, boolean archived) {
    List<FollowUp> queued = followUps.queued(run.thread());
    Held held = run.held();
    // A busy thread is not held yet, but it is known already what will hold it.
    if (held == null && !queued.isEmpty()) {
      held = Drain.holdOf(archived, outlet.hold(run));
    }
    return new QueueView(
        IntStream.range(0, queued.size())
            .mapToObj(i -> FollowUpView.of(queued.get(i), i + 1))
            .toList(),
        held);
  }

  private FollowUpView view(FollowUp followUp) {
    int place = followUps.order(followUp.thread()).indexOf(followUp.id());
    return FollowUpView.of(followUp, place < 0 ? null : place + 1);
  }

  private ThreadRun lock(ThreadId thread) {
    ThreadRun run = runs.lock(thread);
    if (run == null) {
      throw Conversations.unknown(thread);
    }
    return run;
  }

  private void requireUsable(ThreadRun run) {
    if (outlet.isArchived(run)) {
      throw new ProblemException(
          ThreadError.THREAD_ARCHIVED,
          "thread " + run.thread() + " is archived; PATCH it with {\"archived\": false} first");
    }
  }

  private FollowUp require(ThreadId thread, FollowUpId id) {
    FollowUp found = followUps.find(thread, id);
    if (found == null) {
      throw new ProblemException(
          ThreadError.UNKNOWN_FOLLOW_UP, "thread " + thread + " has no follow-up " + id);
    }
    return found;
  }

  private FollowUp requireQueued(ThreadId thread, FollowUpId id) {
    FollowUp found = require(thread, id);
    return switch (found.status()) {
      case QUEUED -> found;
      case SENDING, SENT ->
          throw new ProblemException(
                  ThreadError.FOLLOW_UP_SENT,
                  "follow-up " + id + " was sent; say something new instead")
              .with("current", view(found));
      case REMOVED ->
          throw new ProblemException(
              ThreadError.FOLLOW_UP_REMOVED, "follow-up " + id + " was removed");
    };
  }

  private void requireVersion(FollowUp current, @Nullable String ifMatch) {
    if (!Etag.matches(ifMatch, current.version())) {
      throw new ProblemException(
              ThreadError.STALE_VERSION,
              "the follow-up is at version " + current.version() + "; look at it and try again")
          .with("current", view(current));
    }
  }

  private void audit(AuditAction action, ThreadRun run, String by) {
    audit.ofThread(action, run.thread(), by, run.activeSession(), List.of());
  }

  private static void log(ThreadId thread, FollowUpId id, String by, String what) {
    log.atInfo()
        .addKeyValue("thread", thread)
        .addKeyValue("followUp", id)
        .addKeyValue("by", by)
        .log(what);
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
