package dev.heddle.thread.repository;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact.CheckpointCaptured;
import dev.heddle.contracts.SessionFact.PullRequestLinked;
import dev.heddle.thread.feed.ThreadFeed;
import dev.heddle.thread.run.FactFollower;
import dev.heddle.thread.run.ThreadRun;
import org.springframework.stereotype.Component;

/** Keeps what runs report of checkpoints and pull requests. */
@Component
class RepositoryFollower implements FactFollower {

  private final Checkpoints checkpoints;
  private final ThreadFeed feed;

  RepositoryFollower(Checkpoints checkpoints, ThreadFeed feed) {
    this.checkpoints = checkpoints;
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
    } else if (change.fact() instanceof PullRequestLinked linked
        && run.link(linked.pullRequest())) {
      feed.note(run.thread(), run.toldRepository());
    }
  }
}
