package dev.heddle.thread.delegation;

import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.Idempotency;
import dev.heddle.rest.Page;
import dev.heddle.rest.Refuses;
import dev.heddle.security.Caller;
import dev.heddle.thread.PathId;
import dev.heddle.thread.dispatch.Dispatched;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What threads delegate, over HTTP. */
@RestController
@RequestMapping("/api/threads/{id}/children")
class DelegationController {

  private final DelegationCommands commands;
  private final Idempotency idempotency;

  DelegationController(DelegationCommands commands, Idempotency idempotency) {
    this.commands = commands;
    this.idempotency = idempotency;
  }

  /**
   * Delegates a task to a thread of its own, which works for this one: it is stopped, archived and
   * deleted with it, and counts in its budget. With {@code notify} each result comes to this thread
   * as a follow-up. An engine that delegates by itself is refused in the same words, and with
   * {@code delegation_not_permitted} where the other engine would do unasked what this one has to
   * ask for.
   *
   * @param id the UUID of the thread that delegates
   */
  @PostMapping
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Refuses({
    "invalid_thread",
    "unknown_thread",
    "thread_archived",
    "invalid_key",
    "delegation_key_taken",
    "delegation_too_deep",
    "delegation_too_many",
    "delegation_cycle",
    "delegation_taken",
    "thread_of_other_project",
    "unknown_project",
    "project_deleted",
    "empty_prompt",
    "prompt_too_large",
    "invalid_text",
    "invalid_engine",
    "invalid_command",
    "invalid_pool",
    "invalid_machine",
    "invalid_label",
    "invalid_priority",
    "invalid_choice",
    "invalid_budget",
    "budget_reached",
    "queue_full"
  })
  ResponseEntity<Dispatched> delegate(
      @PathVariable String id,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      @RequestBody DelegationRequest request,
      Caller caller) {
    ThreadId parent = PathId.thread(id);
    Task task = request.task();
    Dispatched made =
        idempotency.once(
            key,
            caller.name(),
            request,
            Dispatched.class,
            () -> commands.delegate(parent, task, caller.name()));
    return ResponseEntity.accepted()
        .location(URI.create("/api/threads/" + made.threadId()))
        .body(made);
  }

  /**
   * Lists the threads that work for a thread directly, in the order in which they were delegated,
   * all on one page.
   *
   * @param id the thread's UUID
   */
  @GetMapping
  @Refuses({"invalid_thread", "unknown_thread"})
  Page<ChildView> list(@PathVariable String id) {
    return new Page<>(commands.children(PathId.thread(id)), null);
  }
}
