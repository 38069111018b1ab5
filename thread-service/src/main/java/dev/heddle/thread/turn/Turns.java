package dev.heddle.thread.turn;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.Origin;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.TraceRecord.TraceEvent;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.messaging.Outbox;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.audit.Audit;
import dev.heddle.thread.audit.AuditAction;
import dev.heddle.thread.conversation.Conversation;
import dev.heddle.thread.conversation.Conversations;
import dev.heddle.thread.conversation.Message;
import dev.heddle.thread.conversation.Title;
import dev.heddle.thread.conversation.TurnSettings;
import dev.heddle.thread.feed.ThreadFeed;
import dev.heddle.thread.project.Project;
import dev.heddle.thread.run.RunControl;
import dev.heddle.thread.run.ThreadRun;
import java.time.Instant;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Begins turns, in the transaction of a caller who has locked the run and the conversation, holds
 * the project, and tells the feed what became of the run.
 */
@Component
public class Turns {

  /** What was begun. */
  public record Begun(SessionId session, MessageId message) {}

  private final Conversations conversations;
  private final RunControl control;
  private final ThreadFeed feed;
  private final Audit audit;
  private final Outbox outbox;
  private final Ids ids;

  Turns(
      Conversations conversations,
      RunControl control,
      ThreadFeed feed,
      Audit audit,
      Outbox outbox,
      Ids ids) {
    this.conversations = conversations;
    this.control = control;
    this.feed = feed;
    this.audit = audit;
    this.outbox = outbox;
    this.ids = ids;
  }

  /**
   * Lets an idle thread answer what was said. The settings are completed by those of the turn
   * before, and become those of the next.
   *
   * @param cause for people, of the change of the run status
   * @throws ProblemException before anything is changed, where the settings do not go together
   */
  public Begun begin(LockedThread thread, Said said, String by, String cause, Instant now) {
    ThreadRun run = thread.run();
    Conversation conversation = thread.conversation();
    Project project = thread.project();
    long version = conversation.version();
    TurnSettings settings = said.settings().over(conversation.settings()).checked();
    conversation.prepare(settings, now);
    if (run.messageCount() == 0 && !conversation.title().custom()) {
      conversation.rename(Title.of(said.text()), now);
    }
    SessionId session = new SessionId(ids.next());
    WorkspaceSpec workspace = project.workspace(() -> run.workspaceBranch(branchOf(conversation)));
    Message message = say(run, new MessageId(ids.next()), said.text(), session, now);
    control.start(run, session, by, cause, now);
    if (conversation.version() != version) {
      feed.note(run.thread(), conversation.told());
    }
    audit.of(AuditAction.RUN_DISPATCHED, project.id(), run.thread(), session, by);
    tell(message, session);
    control.ask(
        new RunRequested(
            session,
            run.thread(),
            message.id(),
            project.ref(),
            said.text(),
            settings.engineSpec(),
            settings.requirements(),
            workspace,
            said.priority(),
            by,
            now));
    return new Begun(session, message.id());
  }

  /** Adds a message that the active run has taken. */
  public void join(
      ThreadRun run, MessageId id, SessionId session, String text, String by, Instant now) {
    Message message = say(run, id, text, session, now);
    conversations.flush();
    audit.ofThread(AuditAction.RUN_STEERED, run.thread(), by, session, List.of());
    tell(message, session);
  }

  private Message say(ThreadRun run, MessageId id, String text, SessionId session, Instant now) {
    Message message = Message.ofUser(id, run.thread(), run.nextMessage(now), text, session, now);
    conversations.add(message);
    return message;
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
