package dev.heddle.thread.dispatch;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.Origin;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.TraceRecord.TraceEvent;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.messaging.Outbox;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.audit.Audit;
import dev.heddle.thread.audit.AuditAction;
import dev.heddle.thread.conversation.Conversation;
import dev.heddle.thread.conversation.Conversations;
import dev.heddle.thread.conversation.Message;
import dev.heddle.thread.conversation.Title;
import dev.heddle.thread.feed.ThreadFeed;
import dev.heddle.thread.project.Project;
import dev.heddle.thread.project.Projects;
import dev.heddle.thread.run.RunControl;
import dev.heddle.thread.run.RunFeed;
import dev.heddle.thread.run.Runs;
import dev.heddle.thread.run.ThreadRun;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The transaction in which a person's message becomes a queued run. */
@Component
class DispatchCommands {

  /**
   * What a turn is for.
   *
   * @param version of the conversation before the turn; 0 where the turn makes it
   * @param moved the run before the turn
   */
  private record Selected(
      ThreadRun run, Conversation conversation, Project project, long version, RunFeed moved) {

    /** What became of it by a turn that began with this message. */
    List<ThreadChange> changes(Message message) {
      List<ThreadChange> changes = new ArrayList<>();
      if (version == 0) {
        changes.add(new ThreadChange.Created(conversation.createdBy(), conversation.createdAt()));
      }
      if (version != conversation.version()) {
        changes.add(conversation.told());
      }
      changes.addAll(moved.changes());
      changes.add(message.told());
      return changes;
    }
  }

  private final Projects projects;
  private final Conversations conversations;
  private final Runs runs;
  private final RunControl control;
  private final ThreadFeed feed;
  private final Audit audit;
  private final Outbox outbox;
  private final Clock clock;
  private final Ids ids;

  DispatchCommands(
      Projects projects,
      Conversations conversations,
      Runs runs,
      RunControl control,
      ThreadFeed feed,
      Audit audit,
      Outbox outbox,
      Clock clock,
      Ids ids) {
    this.projects = projects;
    this.conversations = conversations;
    this.runs = runs;
    this.control = control;
    this.feed = feed;
    this.audit = audit;
    this.outbox = outbox;
    this.clock = clock;
    this.ids = ids;
  }

  /** Makes the thread if there is none of that id, and starts its run. */
  @Transactional
  Dispatched dispatch(Turn turn, String by) {
    Instant now = now();
    ThreadRun run = turn.thread() == null ? null : runs.lockOrReserve(turn.thread());
    Selected selected = run == null ? create(turn, by, now) : select(run, turn, now);
    return start(selected, turn, by, now);
  }

  /** Starts a run of a thread that is there. */
  @Transactional
  Dispatched say(ThreadId thread, Turn turn, String by) {
    ThreadRun run = runs.lock(thread);
    if (run == null) {
      throw Conversations.unknown(thread);
    }
    Instant now = now();
    return start(select(run, turn, now), turn, by, now);
  }

  private Selected create(Turn turn, String by, Instant now) {
    if (turn.project() == null) {
      throw new ProblemException(
          ThreadError.PROJECT_REQUIRED, "a new thread needs the id or name of its project");
    }
    Project project = projects.require(turn.project());
    projects.hold(project);
    ThreadId id = turn.thread() == null ? new ThreadId(ids.next()) : turn.thread();
    Title title = turn.title() == null ? Title.of(turn.prompt()) : turn.title();
    Conversation conversation =
        new Conversation(id, project.id(), title, turn.settings().checked(), by, now);
    ThreadRun run = new ThreadRun(id, now);
    conversations.add(conversation);
    runs.add(run);
    return new Selected(run, conversation, project, 0, RunFeed.from(run));
  }

  private Selected select(ThreadRun run, Turn turn, Instant now) {
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
    if (run.status().isBusy()) {
      throw busy(run, turn.ifBusy());
    }
    long version = conversation.version();
    conversation.prepare(turn.settings().over(conversation.settings()).checked(), now);
    Title title = titleOf(turn, run, conversation);
    if (title != null) {
      conversation.rename(title, now);
    }
    return new Selected(run, conversation, project, version, RunFeed.from(run));
  }

  private static @Nullable Title titleOf(Turn turn, ThreadRun run, Conversation conversation) {
    if (turn.title() != null) {
      return turn.title();
    }
    boolean first = run.messageCount() == 0 && !conversation.title().custom();
    return first ? Title.of(turn.prompt()) : null;
  }

  private Dispatched start(Selected selected, Turn turn, String by, Instant now) {
    ThreadRun run = selected.run();
    Conversation conversation = selected.conversation();
    SessionId session = new SessionId(ids.next());
    WorkspaceSpec workspace =
        selected.project().workspace(() -> run.workspaceBranch(branchOf(conversation)));
    Message message =
        Message.ofUser(
            new MessageId(ids.next()),
            run.thread(),
            run.nextMessage(now),
            turn.prompt(),
            session,
            now);
    conversations.add(message);
    control.start(run, session, by, now);
    tell(message, session);
    control.ask(
        new RunRequested(
            session,
            run.thread(),
            message.id(),
            selected.project().ref(),
            turn.prompt(),
            conversation.settings().engineSpec(),
            conversation.settings().requirements(),
            workspace,
            turn.priority(),
            by,
            now));
    if (selected.version() == 0) {
      audit.ofThread(AuditAction.THREAD_CREATED, run.thread(), by, null, List.of());
    }
    audit.ofThread(AuditAction.RUN_DISPATCHED, run.thread(), by, session, List.of());
    feed.tell(run.thread(), by, selected.changes(message));
    return new Dispatched(run.thread(), session, message.id());
  }

  /** Puts the message into the timeline, ahead of everything that its run will write there. */
  private void tell(Message message, SessionId session) {
    TraceEvent event =
        new TraceEvent(
            session,
            message.thread(),
            0,
            Origin.THREAD,
            message.ordinal(),
            message.createdAt(),
            new TraceBody.Message(
                message.id(), message.role(), message.text(), message.status(), false));
    outbox.send(Topics.TRACE_EVENTS, event.key(), event);
  }

  private static String branchOf(Conversation conversation) {
    String id = conversation.id().toString();
    return "heddle/" + conversation.title().slug() + "-" + id.substring(id.length() - 8);
  }

  private static ProblemException busy(ThreadRun run, IfBusy wish) {
    String detail =
        wish == IfBusy.REJECT
            ? "the thread is " + run.status().wire() + "; wait for its run or cancel it"
            : "the thread is "
                + run.status().wire()
                + ", and ifBusy=%s is not supported yet: only reject is, so wait for the run or cancel it"
                    .formatted(wish.wire());
    return new ProblemException(ThreadError.THREAD_BUSY, detail)
        .with("status", run.status().wire())
        .with("activeSession", String.valueOf(run.activeSession()));
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
