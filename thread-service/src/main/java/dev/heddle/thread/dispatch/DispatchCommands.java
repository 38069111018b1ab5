package dev.heddle.thread.dispatch;

import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.Origin;
import dev.heddle.contracts.Priority;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.TraceRecord.TraceEvent;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.messaging.Outbox;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.conversation.Conversation;
import dev.heddle.thread.conversation.Conversations;
import dev.heddle.thread.conversation.Message;
import dev.heddle.thread.conversation.MessageTree;
import dev.heddle.thread.conversation.Messages;
import dev.heddle.thread.conversation.SettingsInput;
import dev.heddle.thread.conversation.Title;
import dev.heddle.thread.project.Project;
import dev.heddle.thread.project.Projects;
import dev.heddle.thread.run.RunControl;
import dev.heddle.thread.run.Runs;
import dev.heddle.thread.run.ThreadRun;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The transaction in which a person's message becomes a queued run. */
@Component
class DispatchCommands {

  private static final String COMPACTION_PROMPT =
      "Sum up the conversation so far, so that the work can go on from the summary alone: what is"
          + " wanted, what was decided and why, what was done, and what is still open.";

  private record Selected(ThreadRun run, Conversation conversation, Project project) {}

  private final Projects projects;
  private final Conversations conversations;
  private final Messages messages;
  private final MessageTree tree;
  private final Continuations continuations;
  private final Runs runs;
  private final RunControl control;
  private final Outbox outbox;
  private final Clock clock;
  private final Ids ids;

  DispatchCommands(
      Projects projects,
      Conversations conversations,
      Messages messages,
      MessageTree tree,
      Continuations continuations,
      Runs runs,
      RunControl control,
      Outbox outbox,
      Clock clock,
      Ids ids) {
    this.projects = projects;
    this.conversations = conversations;
    this.messages = messages;
    this.tree = tree;
    this.continuations = continuations;
    this.runs = runs;
    this.control = control;
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
    return start(selected, selected.run().activeMessage(), turn, by, now);
  }

  /** Starts a run of a thread that is there. */
  @Transactional
  Dispatched say(ThreadId thread, Turn turn, String by) {
    Instant now = now();
    Selected selected = selectExisting(thread, turn, now);
    return start(selected, selected.run().activeMessage(), turn, by, now);
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
    return new Selected(run, conversation, project);
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
    conversation.prepare(turn.settings().over(conversation.settings()).checked(), now);
    Title title = titleOf(turn, run, conversation);
    if (title != null) {
      conversation.rename(title, now);
    }
    return new Selected(run, conversation, project);
  }

  private static @Nullable Title titleOf(Turn turn, ThreadRun run, Conversation conversation) {
    if (turn.title() != null) {
      return turn.title();
    }
    boolean first = run.messageCount() == 0 && !conversation.title().custom();
    return first ? Title.of(turn.prompt()) : null;
  }

  /** Says something else in the place of what was said, beside it, and starts a run from there. */
  @Transactional
  Dispatched edit(ThreadId thread, MessageId original, Turn turn, String by) {
    Instant now = now();
    Selected selected = selectExisting(thread, turn, now);
    MessageId parent = tree.requireOfUser(thread, original).parent();
    return start(selected, parent, turn, by, now);
  }

  /** Starts another run for what a message answers; its answer will stand beside that one. */
  @Transactional
  Dispatched regenerate(ThreadId thread, MessageId answer, Turn turn, String by) {
    Instant now = now();
    Selected selected = selectExisting(thread, turn, now);
    Message question = tree.requireAnsweredBy(thread, answer);
    SessionId session = new SessionId(ids.next());
    selected.run().activate(question.id());
    control.start(selected.run(), session, question.id(), by, now);
    return ask(selected, question, session, turn.priority(), by, now);
  }

  private Selected selectExisting(ThreadId thread, Turn turn, Instant now) {
    ThreadRun run = runs.lock(thread);
    if (run == null) {
      throw Conversations.unknown(thread);
    }
    return select(run, turn, now);
  }

  private Dispatched start(
      Selected selected, @Nullable MessageId parent, Turn turn, String by, Instant now) {
    ThreadRun run = selected.run();
    SessionId session = new SessionId(ids.next());
    Message message =
        Message.ofUser(
            new MessageId(ids.next()),
            run.thread(),
            run.nextMessage(now),
            parent,
            turn.prompt(),
            session,
            now);
    messages.add(message);
    run.activate(message.id());
    control.start(run, session, message.id(), by, now);
    tell(message, session);
    return ask(selected, message, session, turn.priority(), by, now);
  }

  /** Starts a run that sums up the active branch; it says nothing in the conversation. */
  @Transactional
  Dispatched compact(ThreadId thread, String by) {
    Instant now = now();
    SettingsInput unchanged = new SettingsInput(null, null, null, null, null, null, null, null);
    Selected selected = selectExisting(thread, Turn.again(thread, unchanged, null), now);
    Conversation conversation = selected.conversation();
    String engine = conversation.settings().engine();
    if (engine.equals(SettingsInput.DEFAULT_ENGINE)) {
      throw new ProblemException(
          ThreadError.COMPACTION_UNSUPPORTED,
          "the engine " + engine + " cannot sum up a conversation; choose another one first");
    }
    MessageId last = selected.run().activeMessage();
    if (last == null) {
      throw new ProblemException(
          ThreadError.NOTHING_TO_COMPACT, "nothing was said on thread " + thread + " yet");
    }
    SessionId session = new SessionId(ids.next());
    control.startSilently(selected.run(), session, last, by, now);
    return ask(
        selected,
        last,
        COMPACTION_PROMPT,
        session,
        Priority.NORMAL,
        by,
        now,
        continuations.ofCompaction(conversation, last));
  }

  private Dispatched ask(
      Selected selected,
      Message question,
      SessionId session,
      Priority priority,
      String by,
      Instant now) {
    return ask(
        selected,
        question.id(),
        question.text(),
        session,
        priority,
        by,
        now,
        continuations.of(selected.conversation(), question, now));
  }

  private Dispatched ask(
      Selected selected,
      MessageId message,
      String prompt,
      SessionId session,
      Priority priority,
      String by,
      Instant now,
      Continuation continuation) {
    ThreadRun run = selected.run();
    Conversation conversation = selected.conversation();
    WorkspaceSpec workspace =
        selected.project().workspace(() -> run.workspaceBranch(branchOf(conversation)));
    run.workIn(workspace);
    control.ask(
        new RunRequested(
            session,
            run.thread(),
            message,
            selected.project().ref(),
            prompt,
            conversation.settings().engineSpec(),
            conversation.settings().requirements(),
            workspace,
            priority,
            by,
            now,
            continuation));
    return new Dispatched(run.thread(), session, message);
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
