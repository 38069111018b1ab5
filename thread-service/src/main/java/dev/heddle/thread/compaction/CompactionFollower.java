package dev.heddle.thread.compaction;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact;
import dev.heddle.thread.StorableText;
import dev.heddle.thread.conversation.Message;
import dev.heddle.thread.conversation.Messages;
import dev.heddle.thread.run.FactFollower;
import dev.heddle.thread.run.ThreadRun;
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

  CompactionFollower(Compactions compactions, Messages messages) {
    this.compactions = compactions;
    this.messages = messages;
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
    boolean covered = messages.isOnPath(through.id(), run.activeMessage());
    Optional<Extent> inForce = compactions.extentInForce(run.thread(), run.activeMessage());
    if (Extent.isStale(through.ordinal(), covered, inForce)) {
      log.atInfo().addKeyValue("through", through.id()).log("stale compaction dropped");
      return;
    }
    String whole = StorableText.clean(reported.summary());
    String summary = StorableText.cut(whole, Compaction.MAX_SUMMARY_BYTES);
    if (summary.length() < whole.length()) {
      log.atWarn().addKeyValue("through", through.id()).log("summary of a compaction cut");
    }
    compactions.add(
        run.thread(),
        new Compaction(
            compactions.nextOrdinal(run.thread()),
            summary,
            through.id(),
            through.ordinal(),
            change.sessionId(),
            change.at()));
  }
}
