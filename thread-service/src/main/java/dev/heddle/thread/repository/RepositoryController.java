package dev.heddle.thread.repository;

import dev.heddle.contracts.PullRequest;
import dev.heddle.rest.Page;
import dev.heddle.rest.Refuses;
import dev.heddle.security.Caller;
import dev.heddle.thread.PageLimit;
import dev.heddle.thread.PathId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The repository of a thread over HTTP. */
@RestController
@RequestMapping("/api/threads/{id}")
class RepositoryController {

  private final RepositoryCommands commands;
  private final Comparisons comparisons;

  RepositoryController(RepositoryCommands commands, Comparisons comparisons) {
    this.commands = commands;
    this.comparisons = comparisons;
  }

  /**
   * Lists the checkpoints of a thread, the oldest first; each names its parent, since they are a
   * tree.
   *
   * @param id the thread's UUID
   */
  @GetMapping("/checkpoints")
  @Refuses({"invalid_thread", "unknown_thread", "invalid_limit"})
  Page<Checkpoint> checkpoints(
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String cursor,
      @PageLimit.Described @RequestParam(required = false) @Nullable Integer limit) {
    return commands.checkpoints(PathId.thread(id), cursor, PageLimit.of(limit));
  }

  /**
   * Shows what a checkpoint changed. Machines tell that of each checkpoint against its parent; any
   * other comparison is there once it was asked for by a POST.
   *
   * @param id the thread's UUID
   * @param checkpointId the checkpoint's UUID
   * @param from the UUID of the checkpoint that it is compared with, {@code base} for the commit
   *     that was checked out when it was captured; without it the checkpoint's parent
   */
  @GetMapping("/checkpoints/{checkpointId}/diff")
  @Refuses({"invalid_thread", "invalid_checkpoint", "unknown_checkpoint", "no_diff"})
  CheckpointDiff diff(
      @PathVariable String id,
      @PathVariable String checkpointId,
      @RequestParam(required = false) @Nullable String from) {
    return comparisons.find(PathId.thread(id), PathId.checkpoint(checkpointId), from);
  }

  /**
   * Links the pull request of a thread's work, which then shows with the thread and in lists.
   *
   * @param id the thread's UUID
   */
  @PutMapping("/pull-request")
  @Refuses({"invalid_thread", "unknown_thread", "invalid_pull_request", "invalid_text"})
  PullRequest link(@PathVariable String id, @RequestBody PullRequestInput request, Caller caller) {
    PullRequest wanted = request.checked();
    commands.link(PathId.thread(id), wanted, caller.name());
    return wanted;
  }

  /**
   * Forgets the pull request of a thread.
   *
   * @param id the thread's UUID
   */
  @DeleteMapping("/pull-request")
  @Refuses({"invalid_thread", "unknown_thread"})
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void unlink(@PathVariable String id, Caller caller) {
    commands.link(PathId.thread(id), null, caller.name());
  }
}
