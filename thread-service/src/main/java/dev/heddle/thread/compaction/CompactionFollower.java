package dev.heddle.thread.compaction;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact;
import dev.heddle.thread.StorableText;
import dev.heddle.thread.conversation.Conversations;
import dev.heddle.thread.conversation.Message;
import dev.heddle.thread.conversation.Messages;
import dev.heddle.thread.run.FactFollower;
import dev.heddle.thread.run.ThreadRun;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Keeps what engines sum up, and drops what came too late. */
@Component
class CompactionFollower implements FactFollower {

  private static final Logger log = LoggerFactory.getLogger(CompactionFollower.class);

  private final Compactions compactions;
  private final Messages messages;
  private final Conversations conversations;

  CompactionFollower(Compactions compactions, Messages messages, Conversations conversations) {
    this.compactions = compactions;
    this.messages = messages;
    this.conversations = conversations;
  }

  @Override
  public void follow(ThreadRun run, SessionChanged change) {
    if (!(change.fact() instanceof SessionFact.CompactionReported reported)) {
      return;
    }
    MessageId named =
        reported.throughMessageId() == null
            ? change.session().messageId()
            : reported.throughMessageId();
    Message through = named == null ? null : messages.find(named);
    if (through == null || !through.thread().equals(run.thread())) {
      log.atWarn().addKeyValue("through", named).log("compaction of an unknown message dropped");
      return;
    }
    // The branch may end with a message of the same batch, which no query finds before.
    conversations.flush();
    boolean covered = messages.isOnPath(through.id(), run.activeMessage());
    List<Compaction> all = compactions.list(run.thread());
    Optional<Compaction> inForce = compactions.inForce(run.thread(), run.activeMessage());
    if (Compaction.isStale(through.ordinal(), covered, inForce)) {
      log.atInfo().addKeyValue("through", through.id()).log("stale compaction dropped");
      return;
    }
    compactions.add(
        run.thread(),
        new Compaction(
            all.size() + 1,
            StorableText.clean(reported.summary()),
            through.id(),
            through.ordinal(),
            change.sessionId(),
            change.at()));
  }
}
