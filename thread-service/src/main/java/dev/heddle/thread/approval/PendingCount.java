package dev.heddle.thread.approval;

import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.feed.ThreadFeed;
import dev.heddle.thread.run.ThreadRun;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Keeps what a locked run says of its pending approvals, and the feed, in step with those. */
@Component
class PendingCount {

  private final Approvals approvals;
  private final ThreadFeed feed;

  PendingCount(Approvals approvals, ThreadFeed feed) {
    this.approvals = approvals;
    this.feed = feed;
  }

  /** Those that are pending before the caller changes them. */
  List<UUID> before(ThreadRun run) {
    return run.pendingApprovals() == 0 ? List.of() : approvals.pendingOf(run.thread());
  }

  /** Counts after the caller has changed them, and notes it where others are pending now. */
  void after(ThreadRun run, List<UUID> before) {
    ThreadId thread = run.thread();
    List<UUID> pending = approvals.pendingOf(thread);
    run.pendingApprovals(pending.size());
    if (!pending.equals(before)) {
      feed.note(
          thread,
          new ThreadChange.Approvals(
              pending.size(), pending.stream().map(UUID::toString).toList()));
    }
  }
}
