package dev.heddle.thread.dispatch;

import dev.heddle.contracts.CheckpointId;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.Refuses;
import dev.heddle.security.Caller;
import dev.heddle.thread.PathId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What people ask agents to do. */
@RestController
class DispatchController {

  private final DispatchCommands commands;
  private final Acceptance acceptance;

  DispatchController(DispatchCommands commands, Acceptance acceptance) {
    this.commands = commands;
    this.acceptance = acceptance;
  }

  /**
   * Gives an agent something to do. The message is stored and the run asked for in one step; the
   * answer does not wait for a machine. Follow it on the thread's stream. To a thread that is busy
   * it comes later, as {@code ifBusy} says; where a budget is spent, once that is raised or
   * cleared.
   */
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Refuses({
    "project_required",
    "unknown_project",
    "project_deleted",
    "invalid_thread",
    "unknown_thread",
    "thread_archived",
    "thread_busy",
    "thread_of_other_project",
    "empty_prompt",
    "prompt_too_large",
    "invalid_text",
    "invalid_title",
    "invalid_engine",
    "invalid_permission",
    "invalid_budget",
    "invalid_command",
    "invalid_pool",
    "invalid_machine",
    "invalid_label",
    "invalid_priority",
    "invalid_if_busy",
    "queue_full",
    "budget_reached"
  })
  @PostMapping("/api/dispatch")
  ResponseEntity<Dispatched> dispatch(
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      @RequestBody DispatchRequest request,
      Caller caller) {
    return acceptance.counted(() -> {
      Turn turn = request.turn();
      return acceptance.once(key, caller, request, () -> commands.dispatch(turn, caller.name()));
    });
  }

  /**
   * Says something on a thread, which the agent answers: at once, or, where the thread is busy, as
   * {@code ifBusy} says.
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
    "empty_prompt",
    "prompt_too_large",
    "invalid_text",
    "invalid_engine",
    "invalid_permission",
    "invalid_command",
    "invalid_priority",
    "invalid_if_busy",
    "queue_full",
    "budget_reached"
  })
  @PostMapping("/api/threads/{id}/messages")
  ResponseEntity<Dispatched> say(
      @PathVariable String id,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      @RequestBody MessageRequest request,
      Caller caller) {
    return acceptance.counted(() -> {
      ThreadId thread = PathId.thread(id);
      Turn turn = request.turn(thread);
      return acceptance.once(key, caller, request, () -> commands.say(thread, turn, caller.name()));
    });
  }

  /**
   * Says something else in the place of what was said. The original and all that followed it stay,
   * on their own branch; the new one is a sibling, and the agent answers it. A thread that is busy
   * refuses it.
   *
   * @param id the thread's UUID
   * @param messageId the UUID of what a person said
   */
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Refuses({
    "project_deleted",
    "invalid_thread",
    "unknown_thread",
    "invalid_message",
    "unknown_message",
    "message_of_other_thread",
    "message_not_of_user",
    "thread_archived",
    "thread_busy",
    "empty_prompt",
    "prompt_too_large",
    "invalid_text",
    "invalid_engine",
    "invalid_permission",
    "invalid_command",
    "invalid_priority",
    "budget_reached"
  })
  @PostMapping("/api/threads/{id}/messages/{messageId}/edit")
  ResponseEntity<Dispatched> edit(
      @PathVariable String id,
      @PathVariable String messageId,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      @RequestBody EditRequest request,
      Caller caller) {
    return acceptance.counted(() -> {
      ThreadId thread = PathId.thread(id);
      MessageId original = PathId.message(messageId);
      Turn turn = request.turn(thread);
      return acceptance.once(
          key, caller, request, () -> commands.edit(thread, original, turn, caller.name()));
    });
  }

  /**
   * Has the agent answer again. The answers that are there stay; the new one will be their sibling.
   * A thread that is busy refuses it.
   *
   * @param id the thread's UUID
   * @param messageId the UUID of an answer
   */
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Refuses({
    "project_deleted",
    "invalid_thread",
    "unknown_thread",
    "invalid_message",
    "unknown_message",
    "message_of_other_thread",
    "message_not_of_assistant",
    "thread_archived",
    "thread_busy",
    "invalid_engine",
    "invalid_permission",
    "invalid_command",
    "invalid_priority",
    "budget_reached"
  })
  @PostMapping("/api/threads/{id}/messages/{messageId}/regenerate")
  ResponseEntity<Dispatched> regenerate(
      @PathVariable String id,
      @PathVariable String messageId,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      @RequestBody RegenerateRequest request,
      Caller caller) {
    return acceptance.counted(() -> {
      ThreadId thread = PathId.thread(id);
      MessageId answer = PathId.message(messageId);
      Turn turn = request.turn(thread);
      return acceptance.once(
          key, caller, request, () -> commands.regenerate(thread, answer, turn, caller.name()));
    });
  }

  /**
   * Has the thread's engine sum up the active branch, in a run of its own. Later runs are told the
   * summary and what was said after it; nothing is deleted, and a result that comes after the
   * branch has moved is dropped.
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
    "compaction_unsupported",
    "nothing_to_compact",
    "budget_reached"
  })
  @PostMapping("/api/threads/{id}/compaction")
  ResponseEntity<Dispatched> compact(
      @PathVariable String id,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      Caller caller) {
    return acceptance.counted(() -> {
      ThreadId thread = PathId.thread(id);
      return acceptance.once(key, caller, thread, () -> commands.compact(thread, caller.name()));
    });
  }

  /**
   * Puts the files of the thread's workspace back to a checkpoint, in a run of its own on the
   * machine that has them: changed files are as they were, new ones gone, ignored ones untouched.
   * The files as they are now become a checkpoint first. The conversation then stands where it
   * stood at that checkpoint, and what is said next is a new branch of it; nothing is deleted. The
   * run fails with {@code unknown_checkpoint} where that machine has no such checkpoint, with
   * {@code checkpoint_of_other_path} where the project has moved to another path since, and with
   * {@code files_in_the_way} where an ignored file would be lost.
   *
   * @param id the thread's UUID
   * @param checkpointId the checkpoint's UUID
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
  @PostMapping("/api/threads/{id}/checkpoints/{checkpointId}/reset")
  ResponseEntity<Dispatched> reset(
      @PathVariable String id,
      @PathVariable String checkpointId,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      Caller caller) {
    return acceptance.counted(() -> {
      ThreadId thread = PathId.thread(id);
      CheckpointId checkpoint = PathId.checkpoint(checkpointId);
      return acceptance.once(
          key,
          caller,
          List.of(thread, checkpoint),
          () -> commands.reset(thread, checkpoint, caller.name()));
    });
  }

  /**
   * Puts the files back to the checkpoint that was captured last, as a reset does: what a reset to
   * an earlier one has taken away is there again.
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
    "nothing_to_redo",
    "unknown_checkpoint",
    "no_workspace"
  })
  @PostMapping("/api/threads/{id}/checkpoints/redo")
  ResponseEntity<Dispatched> redo(
      @PathVariable String id,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      Caller caller) {
    return acceptance.counted(() -> {
      ThreadId thread = PathId.thread(id);
      return acceptance.once(key, caller, thread, () -> commands.redo(thread, caller.name()));
    });
  }
}
