package dev.heddle.thread.turn;

import dev.heddle.contracts.Affinity;
import dev.heddle.contracts.CheckpointId;
import dev.heddle.contracts.CheckpointTarget;
import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.Origin;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.Priority;
import dev.heddle.contracts.RepositoryAction;
import dev.heddle.contracts.Requirements;
import dev.heddle.contracts.RunPurpose;
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
import dev.heddle.thread.audit.Audit;
import dev.heddle.thread.audit.AuditAction;
import dev.heddle.thread.budget.Budgets;
import dev.heddle.thread.conversation.Conversation;
import dev.heddle.thread.conversation.Conversations;
import dev.heddle.thread.conversation.Message;
import dev.heddle.thread.conversation.Messages;
import dev.heddle.thread.conversation.SettingsInput;
import dev.heddle.thread.conversation.Title;
import dev.heddle.thread.conversation.TurnSettings;
import dev.heddle.thread.feed.ThreadFeed;
import dev.heddle.thread.run.CheckpointPlace;
import dev.heddle.thread.run.RunControl;
import dev.heddle.thread.run.ThreadRun;
import dev.heddle.thread.user.UserSettings;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Begins turns, in the transaction of a caller who has locked the run and the conversation, holds
 * the project, and tells the feed what became of the run.
 */
@Component
public class Turns {

  /** A worker that does not know what such a run is for has no engine of this name either. */
  private static final String NO_ENGINE = "workspace";

  private static final String COMPACTION_PROMPT =
      "Sum up the conversation so far, so that the work can go on from the summary alone: what is"
          + " wanted, what was decided and why, what was done, and what is still open.";

  /**
   * What was begun.
   *
   * @param message that the run answers
   */
  public record Begun(SessionId session, MessageId message) {}

  /** What a run is asked, and from where it goes on. */
  private record Question(MessageId message, String text, Continuation from) {}

  /**
   * What a run is to do without an engine.
   *
   * @param text for people, in the place of a prompt
   * @param cause for people, of the change of the run status
   */
  private record Errand(String text, String cause, AuditAction action, Continuation from) {}

  private final Conversations conversations;
  private final Messages messages;
  private final Continuations continuations;
  private final Budgets budgets;
  private final RunControl control;
  private final UserSettings users;
  private final ThreadFeed feed;
  private final Audit audit;
  private final Outbox outbox;
  private final Ids ids;

  Turns(
      Conversations conversations,
      Messages messages,
      Continuations continuations,
      Budgets budgets,
      RunControl control,
      UserSettings users,
      ThreadFeed feed,
      Audit audit,
      Outbox outbox,
      Ids ids) {
    this.conversations = conversations;
    this.messages = messages;
    this.continuations = continuations;
    this.budgets = budgets;
    this.control = control;
    this.users = users;
    this.feed = feed;
    this.audit = audit;
    this.outbox = outbox;
    this.ids = ids;
  }

  /**
   * Lets an idle thread answer what was said, behind the end of its active branch. The settings are
   * completed by those of the turn before, and become those of the next.
   *
   * @param cause for people, of the change of the run status
   * @throws ProblemException before anything is changed, where the settings do not go together, or
   *     {@code budget_reached}
   */
  public Begun begin(LockedThread thread, Said said, String by, String cause, Instant now) {
    return begin(thread, thread.run().activeMessage(), said, by, cause, now);
  }

  /**
   * As {@link #begin(LockedThread, Said, String, String, Instant)}, on a branch of its own.
   *
   * @param parent the message behind which it is said; null for the beginning
   */
  public Begun begin(
      LockedThread thread,
      @Nullable MessageId parent,
      Said said,
      String by,
      String cause,
      Instant now) {
    ThreadRun run = thread.run();
    Conversation conversation = thread.conversation();
    long version = conversation.version();
    requireBudget(thread);
    prepare(conversation, said, by, now);
    if (run.messageCount() == 0 && !conversation.title().custom()) {
      conversation.rename(Title.of(said.text()), now);
    }
    SessionId session = new SessionId(ids.next());
    WorkspaceSpec workspace = workspaceOf(thread);
    Message message = say(run, new MessageId(ids.next()), parent, said.text(), session, now);
    control.start(run, session, message.id(), by, cause, now);
    begun(thread, version, AuditAction.RUN_DISPATCHED, session, by);
    tell(message, session);
    Continuation from = continuations.of(conversation, message, now);
    ask(thread, session, new Question(message.id(), said.text(), from), said, workspace, by, now);
    return new Begun(session, message.id());
  }

  /**
   * Lets an idle thread answer a message of a person again. The answers that are there stay.
   *
   * @param said the settings and the priority of the turn
   * @throws ProblemException before anything is changed, where the settings do not go together, or
   *     {@code budget_reached}
   */
  public Begun again(LockedThread thread, Message asked, Said said, String by, Instant now) {
    ThreadRun run = thread.run();
    Conversation conversation = thread.conversation();
    long version = conversation.version();
    requireBudget(thread);
    prepare(conversation, said, by, now);
    SessionId session = new SessionId(ids.next());
    WorkspaceSpec workspace = workspaceOf(thread);
    run.activate(asked.id());
    control.start(run, session, asked.id(), by, "regenerated", now);
    begun(thread, version, AuditAction.RUN_DISPATCHED, session, by);
    Continuation from = continuations.of(conversation, asked, now);
    ask(thread, session, new Question(asked.id(), asked.text(), from), said, workspace, by, now);
    return new Begun(session, asked.id());
  }

  /**
   * Lets the engine of an idle thread sum up the active branch, without a word in the conversation.
   *
   * @throws ProblemException {@code compaction_unsupported}, {@code nothing_to_compact} or {@code
   *     budget_reached}
   */
  public Begun compact(LockedThread thread, String by, Instant now) {
    ThreadRun run = thread.run();
    Conversation conversation = thread.conversation();
    String engine = conversation.settings().engine();
    if (engine.equals(SettingsInput.DEFAULT_ENGINE)) {
      throw new ProblemException(
          ThreadError.COMPACTION_UNSUPPORTED,
          "the engine " + engine + " cannot sum up a conversation; choose another one first");
    }
    MessageId last = run.activeMessage();
    if (last == null) {
      throw new ProblemException(
          ThreadError.NOTHING_TO_COMPACT, "nothing was said on thread " + run.thread() + " yet");
    }
    requireBudget(thread);
    long version = conversation.version();
    SessionId session = new SessionId(ids.next());
    WorkspaceSpec workspace = workspaceOf(thread);
    control.startSilently(run, session, last, by, "compaction requested", now);
    begun(thread, version, AuditAction.COMPACTION_REQUESTED, session, by);
    Continuation from = continuations.ofCompaction(conversation, last);
    ask(
        thread,
        session,
        new Question(last, COMPACTION_PROMPT, from),
        Said.again(SettingsInput.unchanged(), null),
        workspace,
        by,
        now);
    return new Begun(session, last);
  }

  /**
   * Has the files of an idle thread put back to a checkpoint, by a run that starts no engine. It
   * goes to the machine that has them.
   *
   * @throws ProblemException {@code no_workspace}
   */
  public Begun reset(
      LockedThread thread, CheckpointTarget target, MessageId about, String by, Instant now) {
    Continuation from =
        new Continuation(RunPurpose.RESET, thread.run().activeMessage(), null, null, null, target);
    Errand errand =
        new Errand(
            "Put the files back to checkpoint " + target.checkpointId() + ".",
            "reset to a checkpoint",
            AuditAction.CHECKPOINT_RESET,
            from);
    return withoutEngine(thread, errand, about, by, now);
  }

  /**
   * Has something done with the repository of an idle thread, by a run that starts no engine. It
   * goes to the machine that has the files.
   *
   * @throws ProblemException {@code no_workspace}
   */
  public Begun act(LockedThread thread, RepositoryAction action, String by, Instant now) {
    ThreadRun run = thread.run();
    CheckpointPlace place = run.checkpointPlace();
    MessageId about = run.activeMessage();
    if (about == null && place != null && place.anchor() != null) {
      about = new MessageId(place.anchor());
    }
    if (about == null) {
      throw noWorkspace(run);
    }
    Continuation from = Continuation.of(action, run.activeMessage());
    Errand errand =
        switch (action) {
          case RepositoryAction.Commit _ ->
              new Errand("Commit the changes.", "commit", AuditAction.COMMIT_REQUESTED, from);
          case RepositoryAction.Push _ ->
              new Errand("Push the branch.", "push", AuditAction.PUSH_REQUESTED, from);
          case RepositoryAction.OpenPullRequest _ ->
              new Errand(
                  "Open a pull request of the branch.",
                  "pull request",
                  AuditAction.PULL_REQUEST_REQUESTED,
                  from);
          case RepositoryAction.Compare compare ->
              new Errand(
                  "Compare checkpoint " + compare.checkpointId() + ".",
                  "comparison of a checkpoint",
                  AuditAction.COMPARISON_REQUESTED,
                  from);
        };
    return withoutEngine(thread, errand, about, by, now);
  }

  private static ProblemException noWorkspace(ThreadRun run) {
    return new ProblemException(
        ThreadError.NO_WORKSPACE,
        "thread " + run.thread() + " has no files in a git repository on any machine");
  }

  private Begun withoutEngine(
      LockedThread thread, Errand errand, MessageId about, String by, Instant now) {
    ThreadRun run = thread.run();
    Conversation conversation = thread.conversation();
    WorkspaceSpec workspace = workspaceOf(thread);
    String machine = run.machine();
    if (machine == null || workspace instanceof WorkspaceSpec.Scratch) {
      throw noWorkspace(run);
    }
    long version = conversation.version();
    SessionId session = new SessionId(ids.next());
    control.startSilently(run, session, about, by, errand.cause(), now);
    begun(thread, version, errand.action(), session, by);
    Requirements usual = conversation.settings().requirements();
    control.ask(
        new RunRequested(
            session,
            run.thread(),
            about,
            thread.project().ref(),
            errand.text(),
            EngineSpec.of(NO_ENGINE),
            new Requirements(usual.engine(), usual.pool(), new MachineId(machine), Map.of()),
            workspace,
            Priority.URGENT,
            by,
            now,
            errand.from()));
    return new Begun(session, about);
  }

  /**
   * Adds a message that the active run has taken: behind what the run said last, and before what it
   * says next, wherever the active branch was in the meantime. It ends there now.
   */
  public void join(
      ThreadRun run, MessageId id, SessionId session, String text, String by, Instant now) {
    Message message = say(run, id, control.join(run, session, id), text, session, now);
    conversations.flush();
    audit.ofThread(AuditAction.RUN_STEERED, run.thread(), by, session, List.of());
    tell(message, session);
  }

  private void requireBudget(LockedThread thread) {
    budgets.require(thread.run().thread(), thread.project().id());
  }

  private void prepare(Conversation conversation, Said said, String by, Instant now) {
    TurnSettings settings = said.settings().over(conversation.settings()).checked();
    PermissionPosture before = conversation.settings().permission();
    conversation.prepare(settings, now);
    audit.permission(conversation.project(), conversation.id(), before, settings.permission(), by);
  }

  private static WorkspaceSpec workspaceOf(LockedThread thread) {
    ThreadRun run = thread.run();
    CheckpointPlace place = run.checkpointPlace();
    WorkspaceSpec workspace =
        thread
            .project()
            .workspace(
                () -> run.workspaceBranch(branchOf(thread.conversation())),
                place == null ? null : new CheckpointId(place.cursor()));
    run.workIn(workspace);
    return workspace;
  }

  private Message say(
      ThreadRun run,
      MessageId id,
      @Nullable MessageId parent,
      String text,
      SessionId session,
      Instant now) {
    Message message =
        Message.ofUser(id, run.thread(), run.nextMessage(now), parent, text, session, now);
    messages.add(message);
    run.activate(id);
    return message;
  }

  private void begun(
      LockedThread thread, long version, AuditAction action, SessionId session, String by) {
    ThreadId id = thread.run().thread();
    if (thread.conversation().version() != version) {
      feed.note(id, thread.conversation().told());
    }
    audit.of(action, thread.project().id(), id, session, by);
  }

  private void ask(
      LockedThread thread,
      SessionId session,
      Question question,
      Said said,
      WorkspaceSpec workspace,
      String by,
      Instant now) {
    TurnSettings settings = thread.conversation().settings();
    continuations.asked(thread.conversation(), session, question.from());
    control.ask(
        new RunRequested(
            session,
            thread.run().thread(),
            question.message(),
            thread.project().ref(),
            question.text(),
            settings.engineSpec().with(permissionOf(thread, by)),
            settings.requirements(),
            workspace,
            said.priority(),
            by,
            now,
            question.from(),
            affinity(thread, workspace)));
  }

  /** A checkout is on its machine alone; all else can be made again, and told again. */
  private static Affinity affinity(LockedThread thread, WorkspaceSpec workspace) {
    return new Affinity(
        thread.run().workspaceMachine(),
        !(workspace instanceof WorkspaceSpec.LocalCheckout),
        thread.project().machineWait().toMillis());
  }

  /**
   * The thread's word goes before its project's, and that before the person's; where none of them
   * has one the engine asks.
   */
  private PermissionPosture permissionOf(LockedThread thread, String by) {
    PermissionPosture said = thread.conversation().settings().permission();
    if (said == null) {
      said = thread.project().permission();
    }
    if (said == null) {
      said = users.permissionOf(by);
    }
    return said == null ? PermissionPosture.ASK : said;
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
}
