package dev.heddle.thread.repository;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.PullRequest;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact.CheckpointCaptured;
import dev.heddle.contracts.SessionFact.CheckpointCompared;
import dev.heddle.contracts.SessionFact.CheckpointRestored;
import dev.heddle.contracts.SessionFact.PullRequestLinked;
import dev.heddle.thread.conversation.Message;
import dev.heddle.thread.conversation.Messages;
import dev.heddle.thread.feed.ThreadFeed;
import dev.heddle.thread.run.FactFollower;
import dev.heddle.thread.run.ThreadRun;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Keeps what runs report of checkpoints and pull requests. */
@Component
class RepositoryFollower implements FactFollower {

  private static final Logger log = LoggerFactory.getLogger(RepositoryFollower.class);

  private final Checkpoints checkpoints;
  private final Comparisons comparisons;
  private final Messages messages;
  private final ThreadFeed feed;

  RepositoryFollower(
      Checkpoints checkpoints, Comparisons comparisons, Messages messages, ThreadFeed feed) {
    this.checkpoints = checkpoints;
    this.comparisons = comparisons;
    this.messages = messages;
    this.feed = feed;
  }

  @Override
  public void follow(ThreadRun run, SessionChanged change) {
    if (change.fact() instanceof CheckpointCaptured captured) {
      MessageId anchor =
          captured.messageId() == null ? change.session().messageId() : captured.messageId();
      if (checkpoints.add(run.thread(), change, captured, anchor)) {
        run.captured(captured.checkpointId(), anchor);
        feed.note(run.thread(), run.toldRepository());
      }
    } else if (change.fact() instanceof CheckpointRestored restored) {
      restore(run, restored);
    } else if (change.fact() instanceof CheckpointCompared compared) {
      comparisons.keep(run.thread(), compared);
    } else if (change.fact() instanceof PullRequestLinked linked) {
      link(run, linked.pullRequest());
    }
  }

  private void restore(ThreadRun run, CheckpointRestored restored) {
    Checkpoint checkpoint = checkpoints.find(run.thread(), restored.checkpointId());
    MessageId standAt = restored.standAt();
    Message behind = standAt == null ? null : messages.find(standAt);
    boolean known = standAt == null || (behind != null && behind.thread().equals(run.thread()));
    if (checkpoint == null || !known) {
      log.atWarn()
          .addKeyValue("checkpoint", restored.checkpointId())
          .log("reset to what the thread does not know dropped");
      return;
    }
    run.restored(checkpoint.id(), checkpoint.messageId(), standAt);
    feed.note(run.thread(), run.toldRepository());
  }

  private void link(ThreadRun run, PullRequest reported) {
    if (!PullRequestLink.isNumber(reported.number()) || !PullRequestLink.isWeb(reported.url())) {
      // Not the address, which may hold credentials.
      log.atWarn()
          .addKeyValue("number", reported.number())
          .log("pull request that leads to no web page dropped");
      return;
    }
    if (run.link(reported)) {
      feed.note(run.thread(), run.toldRepository());
    }
  }
}
