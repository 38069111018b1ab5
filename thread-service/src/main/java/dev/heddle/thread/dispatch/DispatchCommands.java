package dev.heddle.thread.dispatch;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.conversation.Conversation;
import dev.heddle.thread.conversation.Conversations;
import dev.heddle.thread.conversation.Title;
import dev.heddle.thread.followup.FollowUpQueue;
import dev.heddle.thread.project.Project;
import dev.heddle.thread.project.Projects;
import dev.heddle.thread.run.RunControl;
import dev.heddle.thread.run.Runs;
import dev.heddle.thread.run.ThreadRun;
import dev.heddle.thread.turn.LockedThread;
import dev.heddle.thread.turn.Turns;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The transaction in which a person's message becomes a queued run, or a follow-up of one. */
@Component
class DispatchCommands {

  private final Projects projects;
  private final Conversations conversations;
  private final Runs runs;
  private final RunControl control;
  private final Turns turns;
  private final FollowUpQueue queue;
  private final SteeredMessages steered;
  private final Clock clock;
  private final Ids ids;

  DispatchCommands(
      Projects projects,
      Conversations conversations,
      Runs runs,
      RunControl control,
      Turns turns,
      FollowUpQueue queue,
      SteeredMessages steered,
      Clock clock,
      Ids ids) {
    this.projects = projects;
    this.conversations = conversations;
    this.runs = runs;
    this.control = control;
    this.turns = turns;
    this.queue = queue;
    this.steered = steered;
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
    ThreadRun run = runs.lock(thread);
    if (run == null) {
      throw Conversations.unknown(thread);
    }
    Instant now = now();
    return say(select(run, turn, now), turn, by, now);
  }

  private LockedThread create(Turn turn, String by, Instant now) {
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
    ThreadRun run = new ThreadRun(id, now);
    conversations.add(conversation);
    runs.add(run);
    return new LockedThread(run, conversation, project);
  }

  private LockedThread select(ThreadRun run, Turn turn, Instant now) {
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
    if (turn.title() != null) {
      conversation.rename(turn.title(), now);
    }
    return new LockedThread(run, conversation, project);
  }

  private Dispatched say(LockedThread thread, Turn turn, String by, Instant now) {
    ThreadRun run = thread.run();
    if (!run.status().isBusy()) {
      Turns.Begun begun = turns.begin(thread, turn.said(), by, "dispatched", now);
      return Dispatched.toSession(
          run.thread(), begun.session(), begun.message(), Disposition.STARTED);
    }
    return switch (turn.ifBusy()) {
      case QUEUE -> queued(run, turn, by, false, Disposition.QUEUED, now);
      case STEER -> steer(run, turn, by, now);
      case INTERRUPT -> {
        Dispatched next = queued(run, turn, by, true, Disposition.INTERRUPTING, now);
        control.stop(run, by, "interrupted by a message", now);
        yield next;
      }
      case REJECT -> throw busy(run);
    };
  }

  private Dispatched steer(ThreadRun run, Turn turn, String by, Instant now) {
    SessionId session = run.activeSession();
    MessageId message =
        session == null ? null : steered.offer(run, session, turn.said().text(), by, now);
    return session == null || message == null
        ? queued(run, turn, by, true, Disposition.QUEUED, now)
        : Dispatched.toSession(run.thread(), session, message, Disposition.STEERED);
  }

  private Dispatched queued(
      ThreadRun run, Turn turn, String by, boolean ahead, Disposition disposition, Instant now) {
    return Dispatched.toQueue(
        run.thread(), queue.add(run, turn.said(), by, ahead, now), disposition);
  }

  private static ProblemException busy(ThreadRun run) {
    return new ProblemException(
            ThreadError.THREAD_BUSY,
            "the thread is "
                + run.status().wire()
                + "; wait for its run, cancel it, or let ifBusy be queue, steer or interrupt")
        .with("status", run.status().wire())
        .with("activeSession", String.valueOf(run.activeSession()));
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
