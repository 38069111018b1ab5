package dev.heddle.thread.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.PullRequest;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadChanged;
import dev.heddle.thread.Http.Answer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a client knows of a thread that hears its feed from the beginning and asks nobody. */
public final class LiveCopy {

  private long version;
  private boolean deleted;
  private ThreadChange.@Nullable Settings settings;
  private ThreadChange.@Nullable Run run;
  private ThreadChange.@Nullable Repository repository =
      new ThreadChange.Repository(null, null, null, null, null, null, null);
  private ThreadChange.FollowUps followUps = new ThreadChange.FollowUps(0, null);
  private ThreadChange.Approvals approvals = new ThreadChange.Approvals(0, List.of());
  private ThreadChange.Branch branch = new ThreadChange.Branch(null);
  private final Map<Integer, ThreadChange.Message> messages = new TreeMap<>();

  public static LiveCopy of(List<ThreadChanged> feed) {
    LiveCopy copy = new LiveCopy();
    feed.forEach(copy::hear);
    return copy;
  }

  private void hear(ThreadChanged changed) {
    if (changed.version() <= version) {
      return;
    }
    assertThat(changed.version()).as("no version is left out").isEqualTo(version + 1);
    assertThat(changed.changes()).as("no record without a change").isNotEmpty();
    version = changed.version();
    changed.changes().forEach(this::apply);
  }

  private void apply(ThreadChange change) {
    switch (change) {
      case ThreadChange.Created _ -> deleted = false;
      case ThreadChange.Deleted _ -> deleted = true;
      case ThreadChange.Settings now -> settings = now;
      case ThreadChange.Run now -> run = now;
      case ThreadChange.Repository now -> repository = now;
      case ThreadChange.Message message -> messages.put(message.ordinal(), message);
      case ThreadChange.FollowUps now -> followUps = now;
      case ThreadChange.Approvals now -> approvals = now;
      case ThreadChange.Branch now -> branch = now;
      case ThreadChange.Plan _ -> {}
    }
  }

  long version() {
    return version;
  }

  boolean isDeleted() {
    return deleted;
  }

  List<String> messages() {
    return messages.values().stream().map(ThreadChange.Message::text).toList();
  }

  List<String> statuses() {
    return messages.values().stream().map(message -> message.status().wire()).toList();
  }

  public List<String> approvals() {
    return approvals.ids();
  }

  /** Compares with what the service shows. */
  public void mustBe(Answer thread) {
    assertThat(settings).isNotNull();
    assertThat(run).isNotNull();
    assertThat(thread.text("feedVersion")).isEqualTo(String.valueOf(version));
    same(thread, "title", settings.title());
    same(thread, "titleCustom", settings.titleCustom());
    same(thread, "archived", settings.archived());
    same(thread, "pinned", settings.pinned());
    same(thread, "version", settings.version());
    same(thread, "updatedAt", settings.updatedAt());
    same(thread, "engine", settings.engine().name());
    same(thread, "model", settings.engine().model());
    same(thread, "mode", settings.engine().mode());
    same(thread, "effort", settings.engine().effort());
    same(thread, "placement.pool", settings.placement().pool());
    same(thread, "placement.machine", settings.placement().machine());
    same(thread, "status", run.status());
    same(thread, "activeSession", run.sessionId());
    same(thread, "attempt", run.attempt());
    same(thread, "machine", run.machine());
    same(thread, "phase", run.phase());
    same(thread, "reason", run.reason());
    same(thread, "lastActivityAt", run.lastActivityAt());
    ThreadChange.RunOutcome outcome = run.lastOutcome();
    same(thread, "lastOutcome.status", outcome == null ? null : outcome.status().wire());
    same(thread, "lastOutcome.code", outcome == null ? null : outcome.code());
    same(thread, "lastOutcome.message", outcome == null ? null : outcome.message());
    same(thread, "lastOutcome.by", outcome == null ? null : outcome.by());
    same(thread, "branch", repository.branch());
    same(thread, "worktree", repository.worktree());
    same(thread, "head", repository.head());
    same(thread, "changedFiles", repository.changedFiles());
    same(thread, "projectMode", repository.projectMode());
    ThreadChange.CheckpointPlace checkpoint = repository.checkpoint();
    same(thread, "checkpoint.cursor", checkpoint == null ? null : checkpoint.cursor());
    same(thread, "checkpoint.latest", checkpoint == null ? null : checkpoint.latest());
    same(thread, "checkpoint.anchor", checkpoint == null ? null : checkpoint.anchor());
    PullRequest pullRequest = repository.pullRequest();
    same(thread, "pullRequest.number", pullRequest == null ? null : pullRequest.number());
    same(thread, "pullRequest.url", pullRequest == null ? null : pullRequest.url());
    same(thread, "activeMessageId", branch.activeMessageId());
    same(thread, "messageCount", messages.size());
    same(thread, "followUps", followUps.queued());
    same(thread, "held.reason", followUps.held());
    same(thread, "pendingApprovals", approvals.pending());
    assertThat(approvals.ids()).hasSize(approvals.pending());
  }

  private static void same(Answer thread, String field, @Nullable Object expected) {
    assertThat(thread.text(field))
        .as(field)
        .isEqualTo(expected == null ? null : expected.toString());
  }
}
