package dev.heddle.thread.dispatch;

import dev.heddle.contracts.CheckpointId;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.RepositoryAction;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.audit.Audit;
import dev.heddle.thread.audit.AuditAction;
import dev.heddle.thread.budget.Budgets;
import dev.heddle.thread.conversation.Conversation;
import dev.heddle.thread.conversation.Conversations;
import dev.heddle.thread.conversation.Message;
import dev.heddle.thread.conversation.MessageTree;
import dev.heddle.thread.conversation.SettingsInput;
import dev.heddle.thread.conversation.Title;
import dev.heddle.thread.feed.ThreadFeed;
import dev.heddle.thread.followup.FollowUpId;
import dev.heddle.thread.followup.FollowUpQueue;
import dev.heddle.thread.project.Project;
import dev.heddle.thread.project.Projects;
import dev.heddle.thread.repository.Comparisons;
import dev.heddle.thread.repository.Resets;
import dev.heddle.thread.repository.Resets.Reset;
import dev.heddle.thread.run.Held;
import dev.heddle.thread.run.HoldCause;
import dev.heddle.thread.run.RunControl;
import dev.heddle.thread.run.RunFeed;
import dev.heddle.thread.run.Runs;
import dev.heddle.thread.run.ThreadRun;
import dev.heddle.thread.turn.LockedThread;
import dev.heddle.thread.turn.Turns;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The transaction in which a person's message becomes a queued run, or a follow-up of one. */
@Component
class DispatchCommands {

  /**
   * A thread to which something is said.
   *
   * @param version of the conversation before that; 0 where it is made for that
   * @param moved the run before that
   */
  private record Selected(LockedThread thread, long version, RunFeed moved) {

    /** What became of it. */
    List<ThreadChange> changes() {
      Conversation conversation = thread.conversation();
      List<ThreadChange> changes = new ArrayList<>();
      if (version == 0) {
        changes.add(new ThreadChange.Created(conversation.createdBy(), conversation.createdAt()));
      }
      if (version != conversation.version()) {
        changes.add(conversation.told());
      }
      changes.addAll(moved.changes());
      return changes;
    }
  }

  private final Projects projects;
  private final Conversations conversations;
  private final MessageTree tree;
  private final Runs runs;
  private final RunControl control;
  private final Budgets budgets;
  private final Turns turns;
  private final Resets resets;
  private final Comparisons comparisons;
  private final FollowUpQueue queue;
  private final SteeredMessages steered;
  private final ThreadFeed feed;
  private final Audit audit;
  private final Clock clock;
  private final Ids ids;

  DispatchCommands(
      Projects projects,
      Conversations conversations,
      MessageTree tree,
      Runs runs,
      RunControl control,
      Budgets budgets,
      Turns turns,
      Resets resets,
      Comparisons comparisons,
      FollowUpQueue queue,
      SteeredMessages steered,
      ThreadFeed feed,
      Audit audit,
      Clock clock,
      Ids ids) {
    this.projects = projects;
    this.conversations = conversations;
    this.tree = tree;
    this.runs = runs;
    this.control = control;
    this.budgets = budgets;
    this.turns = turns;
    this.resets = resets;
    this.comparisons = comparisons;
    this.queue = queue;
    this.steered = steered;
    this.feed = feed;
    this.audit = audit;
    this.clock = clock;
    this.ids = ids;
  }

  /** Makes the thread if there is none of that id, and says it there. */
  @Transactional
  Dispatched dispatch(Turn turn, String by) {
    Instant now = now();
    ThreadRun run = turn.thread() == null ? null : runs.lockOrReserve(turn.thread());
    return say(run == null ? create(turn, by, now) : select(run, turn, now), turn, by, now);
  }

  /** Says something on a thread that is there. */
  @Transactional
  Dispatched say(ThreadId thread, Turn turn, String by) {
    Instant now = now();
    return say(selectExisting(thread, turn, now), turn, by, now);
  }

  /** Says something else in the place of what was said, beside it, and starts a run from there. */
  @Transactional
  Dispatched edit(ThreadId thread, MessageId original, Turn turn, String by) {
    Instant now = now();
    Selected selected = selectIdle(thread, turn, now);
    MessageId parent = tree.requireOfUser(thread, original).parent();
    return started(
        selected, turns.begin(selected.thread(), parent, turn.said(), by, "edited", now), by);
  }

  /** Starts another run for what a message answers; its answer will stand beside that one. */
  @Transactional
  Dispatched regenerate(ThreadId thread, MessageId answer, Turn turn, String by) {
    Instant now = now();
    Selected selected = selectIdle(thread, turn, now);
    Message question = tree.requireAnsweredBy(thread, answer);
    return started(selected, turns.again(selected.thread(), question, turn.said(), by, now), by);
  }

  /** Starts a run that sums up the active branch; it says nothing in the conversation. */
  @Transactional
  Dispatched compact(ThreadId thread, String by) {
    Instant now = now();
    Turn nothingNew = Turn.again(thread, SettingsInput.unchanged(), null);
    Selected selected = selectIdle(thread, nothingNew, now);
    return started(selected, turns.compact(selected.thread(), by, now), by);
  }

  /** Has the files put back to a checkpoint; what is said next goes on from there. */
  @Transactional
  Dispatched reset(ThreadId thread, CheckpointId checkpoint, String by) {
    return reset(thread, run -> resets.to(run, checkpoint), by);
  }

  /** Has the files put back to the last checkpoint, after they were those of another. */
  @Transactional
  Dispatched redo(ThreadId thread, String by) {
    return reset(thread, resets::redo, by);
  }

  /** Has something done with the repository, by a run that starts no engine. */
  @Transactional
  Dispatched act(ThreadId thread, RepositoryAction action, String by) {
    Instant now = now();
    Selected selected =
        selectIdle(thread, Turn.again(thread, SettingsInput.unchanged(), null), now);
    return started(selected, turns.act(selected.thread(), action, by, now), by);
  }

  /** Has a checkpoint compared by the machine that has it. */
  @Transactional
  Dispatched compare(ThreadId thread, CheckpointId checkpoint, @Nullable String from, String by) {
    return act(thread, comparisons.of(thread, checkpoint, from), by);
  }

  private Dispatched reset(ThreadId thread, Function<ThreadRun, Reset> choice, String by) {
    Instant now = now();
    Selected selected =
        selectIdle(thread, Turn.again(thread, SettingsInput.unchanged(), null), now);
    Reset reset = choice.apply(selected.thread().run());
    return started(
        selected, turns.reset(selected.thread(), reset.target(), reset.about(), by, now), by);
  }

  private Selected selectExisting(ThreadId thread, Turn turn, Instant now) {
    ThreadRun run = runs.lock(thread);
    if (run == null) {
      throw Conversations.unknown(thread);
    }
    return select(run, turn, now);
  }

  private Selected selectIdle(ThreadId thread, Turn turn, Instant now) {
    Selected selected = selectExisting(thread, turn, now);
    if (selected.thread().run().status().isBusy()) {
      throw busy(selected.thread().run(), "wait for its run, or cancel it");
    }
    return selected;
  }

  private Selected create(Turn turn, String by, Instant now) {
    if (turn.project() == null) {
      throw new ProblemException(
          ThreadError.PROJECT_REQUIRED, "a new thread needs the id or name of its project");
    }
    Project project = projects.require(turn.project());
    projects.hold(project);
    ThreadId id = turn.thread() == null ? new ThreadId(ids.next()) : turn.thread();
    Title title = turn.title() == null ? Title.of(turn.said().text()) : turn.title();
    Conversation conversation =
        new Conversation(id, project.id(), title, turn.said().settings().checked(), by, now);
    if (turn.budget() != null) {
      conversation.limit(turn.budget(), now);
    }
    ThreadRun run = new ThreadRun(id, now);
    conversations.add(conversation);
    runs.add(run);
    audit.of(AuditAction.THREAD_CREATED, project.id(), id, null, by);
    audit.permission(project.id(), id, null, conversation.settings().permission(), by);
    return new Selected(new LockedThread(run, conversation, project), 0, RunFeed.from(run));
  }

  private Selected select(ThreadRun run, Turn turn, Instant now) {
    if (turn.budget() != null) {
      throw new ProblemException(
          ThreadError.INVALID_BUDGET,
          "thread " + run.thread() + " is there already; PATCH it to change its budget");
    }
    Conversation conversation = conversations.lock(run.thread());
    Project project = projects.byId(conversation.project());
    if (turn.project() != null && !projects.require(turn.project()).id().equals(project.id())) {
      throw new ProblemException(
          ThreadError.THREAD_OF_OTHER_PROJECT,
          "thread " + run.thread() + " belongs to the project " + project.name());
    }
    projects.hold(project);
    if (conversation.isArchived()) {
      throw new ProblemException(
          ThreadError.THREAD_ARCHIVED,
          "thread " + run.thread() + " is archived; PATCH it with {\"archived\": false} first");
    }
    Selected selected =
        new Selected(
            new LockedThread(run, conversation, project),
            conversation.version(),
            RunFeed.from(run));
    if (turn.title() != null) {
      conversation.rename(turn.title(), now);
    }
    return selected;
  }

  private Dispatched say(Selected selected, Turn turn, String by, Instant now) {
    ThreadRun run = selected.thread().run();
    if (run.status().isBusy()) {
      return told(selected, sayToBusy(run, turn, by, now), by);
    }
    String reached = budgets.reached(run.thread(), selected.thread().project().id());
    if (reached != null) {
      return told(selected, sayWithoutBudget(run, turn, reached, by, now), by);
    }
    return started(
        selected, turns.begin(selected.thread(), turn.said(), by, "dispatched", now), by);
  }

  private Dispatched started(Selected selected, Turns.Begun begun, String by) {
    return told(
        selected,
        Dispatched.toSession(
            selected.thread().run().thread(),
            begun.session(),
            begun.message(),
            Disposition.STARTED),
        by);
  }

  private Dispatched told(Selected selected, Dispatched dispatched, String by) {
    conversations.flush();
    feed.tell(dispatched.threadId(), by, selected.changes());
    return dispatched;
  }

  private Dispatched sayToBusy(ThreadRun run, Turn turn, String by, Instant now) {
    return switch (turn.ifBusy()) {
      case QUEUE -> queued(run, turn, by, false, Disposition.QUEUED, now);
      case STEER -> steer(run, turn, by, now);
      case INTERRUPT -> {
        Dispatched next = queued(run, turn, by, true, Disposition.INTERRUPTING, now);
        control.stop(run, by, "interrupted by a message", now);
        yield next;
      }
      case REJECT ->
          throw busy(
              run, "wait for its run, cancel it, or let ifBusy be queue, steer or interrupt");
    };
  }

  /**
   * Keeps what was said until the budget is raised. It comes before what a failed run has held, as
   * it would if it could be answered now, and behind what waits for the budget already.
   */
  private Dispatched sayWithoutBudget(
      ThreadRun run, Turn turn, String reached, String by, Instant now) {
    if (turn.ifBusy() == IfBusy.REJECT) {
      throw Budgets.refused(reached);
    }
    Held held = run.held();
    boolean ahead = held != null && held.cause() != HoldCause.BUDGET;
    // A new thread must be there before its follow-up.
    conversations.flush();
    Dispatched next = queued(run, turn, by, ahead, Disposition.QUEUED, now);
    run.hold(new Held(HoldCause.BUDGET, reached));
    return next;
  }

  private Dispatched steer(ThreadRun run, Turn turn, String by, Instant now) {
    SessionId session = run.activeSession();
    MessageId message = session == null ? null : steered.offer(run, session, turn.said(), by, now);
    return session == null || message == null
        ? queued(run, turn, by, true, Disposition.QUEUED, now)
        : Dispatched.toSession(run.thread(), session, message, Disposition.STEERED);
  }

  private Dispatched queued(
      ThreadRun run, Turn turn, String by, boolean ahead, Disposition disposition, Instant now) {
    FollowUpId added = queue.add(run, turn.said(), by, ahead, now);
    audit.ofThread(AuditAction.FOLLOW_UP_QUEUED, run.thread(), by, run.activeSession(), List.of());
    return Dispatched.toQueue(run.thread(), added, disposition);
  }

  private static ProblemException busy(ThreadRun run, String advice) {
    return new ProblemException(
            ThreadError.THREAD_BUSY, "the thread is " + run.status().wire() + "; " + advice)
        .with("status", run.status().wire())
        .with("activeSession", String.valueOf(run.activeSession()));
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
