package dev.heddle.thread.dispatch;

import dev.heddle.contracts.CheckpointId;
import dev.heddle.contracts.RepositoryAction;
import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.Refuses;
import dev.heddle.security.Caller;
import dev.heddle.thread.PathId;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What people have a machine do with the repository of a thread, in runs without an engine. */
@RestController
@RequestMapping("/api/threads/{id}")
class RepositoryActionController {

  private final DispatchCommands commands;
  private final Acceptance acceptance;

  RepositoryActionController(DispatchCommands commands, Acceptance acceptance) {
    this.commands = commands;
    this.acceptance = acceptance;
  }

  /**
   * Commits all changes in the thread's workspace to its branch, new files too and ignored ones
   * not, in a run of its own on the machine that has them. The run fails with {@code
   * nothing_to_commit} where there are none.
   *
   * @param id the thread's UUID
   */
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Refuses({
    "project_deleted",
    "invalid_thread",
    "unknown_thread",
    "thread_archived",
    "thread_busy",
    "no_workspace",
    "invalid_commit",
    "invalid_text"
  })
  @PostMapping("/repository/commit")
  ResponseEntity<Dispatched> commit(
      @PathVariable String id,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      @RequestBody CommitRequest request,
      Caller caller) {
    return act(id, key, request.action(), caller);
  }

  /**
   * Pushes the thread's branch to a branch of the same name, in a run of its own on the machine
   * that has it, with the git credentials of that machine. Never by force: the run fails with
   * {@code push_failed} where the remote refuses it.
   *
   * @param id the thread's UUID
   */
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Refuses({
    "project_deleted",
    "invalid_thread",
    "unknown_thread",
    "thread_archived",
    "thread_busy",
    "no_workspace"
  })
  @PostMapping("/repository/push")
  ResponseEntity<Dispatched> push(
      @PathVariable String id,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      Caller caller) {
    return act(id, key, new RepositoryAction.Push(), caller);
  }

  /**
   * Pushes the thread's branch, opens a pull request of it with the forge's command on that machine
   * ({@code gh}), and links it with the thread. The run fails with {@code forge_cli_missing} where
   * the machine has no such command; the branch is pushed then.
   *
   * @param id the thread's UUID
   */
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Refuses({
    "project_deleted",
    "invalid_thread",
    "unknown_thread",
    "thread_archived",
    "thread_busy",
    "no_workspace",
    "invalid_pull_request",
    "invalid_text"
  })
  @PostMapping("/repository/pull-request")
  ResponseEntity<Dispatched> open(
      @PathVariable String id,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      @RequestBody PullRequestRequest request,
      Caller caller) {
    return act(id, key, request.action(), caller);
  }

  /**
   * Has a checkpoint compared by the machine that has it, in a run of its own; a GET of the same
   * address shows what differs then.
   *
   * @param id the thread's UUID
   * @param checkpointId the checkpoint's UUID
   * @param from the UUID of the checkpoint that it is compared with, {@code base} for the commit
   *     that was checked out when it was captured; without it the checkpoint's parent
   */
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Refuses({
    "project_deleted",
    "invalid_thread",
    "unknown_thread",
    "thread_archived",
    "thread_busy",
    "invalid_checkpoint",
    "unknown_checkpoint",
    "no_workspace"
  })
  @PostMapping("/checkpoints/{checkpointId}/diff")
  ResponseEntity<Dispatched> compare(
      @PathVariable String id,
      @PathVariable String checkpointId,
      @RequestParam(required = false) @Nullable String from,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      Caller caller) {
    ThreadId thread = PathId.thread(id);
    CheckpointId checkpoint = PathId.checkpoint(checkpointId);
    return once(
        key,
        caller,
        Arrays.asList(thread, checkpoint, from),
        () -> commands.compare(thread, checkpoint, from, caller.name()));
  }

  private ResponseEntity<Dispatched> act(
      String id, @Nullable String key, RepositoryAction action, Caller caller) {
    ThreadId thread = PathId.thread(id);
    return once(
        key,
        caller,
        Arrays.asList(thread, action),
        () -> commands.act(thread, action, caller.name()));
  }

  private ResponseEntity<Dispatched> once(
      @Nullable String key, Caller caller, Object request, Supplier<Dispatched> command) {
    return acceptance.counted(() -> acceptance.once(key, caller, request, command));
  }
}
