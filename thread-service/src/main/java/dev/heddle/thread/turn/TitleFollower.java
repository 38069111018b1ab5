package dev.heddle.thread.turn;

import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact;
import dev.heddle.thread.audit.Audit;
import dev.heddle.thread.audit.AuditAction;
import dev.heddle.thread.conversation.Conversation;
import dev.heddle.thread.conversation.Conversations;
import dev.heddle.thread.conversation.Title;
import dev.heddle.thread.feed.ThreadFeed;
import dev.heddle.thread.run.FactFollower;
import dev.heddle.thread.run.ThreadRun;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.springframework.stereotype.Component;

/** Calls a thread as its engine does, unless a person has chosen the title. */
@Component
class TitleFollower implements FactFollower {

  private final Conversations conversations;
  private final ThreadFeed feed;
  private final Audit audit;
  private final Clock clock;

  TitleFollower(Conversations conversations, ThreadFeed feed, Audit audit, Clock clock) {
    this.conversations = conversations;
    this.feed = feed;
    this.audit = audit;
    this.clock = clock;
  }

  @Override
  public void follow(ThreadRun run, SessionChanged change) {
    if (change.fact() instanceof SessionFact.TitleSuggested suggested) {
      Title.suggested(suggested.title()).ifPresent(title -> rename(run, change, title));
    }
  }

  private void rename(ThreadRun run, SessionChanged change, Title title) {
    Conversation conversation = conversations.lock(run.thread());
    if (conversation.title().custom() || conversation.title().equals(title)) {
      return;
    }
    conversation.rename(title, clock.instant().truncatedTo(ChronoUnit.MICROS));
    conversations.flush();
    feed.note(run.thread(), conversation.told());
    audit.ofThread(
        AuditAction.THREAD_CHANGED,
        run.thread(),
        change.session().engine(),
        change.sessionId(),
        List.of("title"));
  }
}
