package dev.heddle.thread.followup;

import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.Idempotency;
import dev.heddle.rest.ProblemException;
import dev.heddle.rest.Refuses;
import dev.heddle.security.Caller;
import dev.heddle.thread.Etag;
import dev.heddle.thread.PathId;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.turn.Said;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** The follow-ups of a thread over HTTP. */
@RestController
@RequestMapping("/api/threads/{id}/follow-ups")
class FollowUpController {

  private final FollowUpCommands commands;
  private final Idempotency idempotency;

  FollowUpController(FollowUpCommands commands, Idempotency idempotency) {
    this.commands = commands;
    this.idempotency = idempotency;
  }

  /**
   * Lists what waits to be said to the agent, the next one first, and what holds it. There are
   * never more than a hundred or so; those that were sent are messages.
   *
   * @param id the thread's UUID
   */
  @GetMapping
  @Refuses({"invalid_thread", "unknown_thread"})
  QueueView list(@PathVariable String id) {
    return commands.list(PathId.thread(id));
  }

  /**
   * Leaves something to be said when the run is over, behind what waits already. A thread that is
   * idle, and whose queue is not held, answers it at once.
   *
   * @param id the thread's UUID
   */
  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Refuses({
    "invalid_thread",
    "unknown_thread",
    "thread_archived",
    "project_deleted",
    "queue_full",
    "empty_prompt",
    "prompt_too_large",
    "invalid_text",
    "invalid_engine",
    "invalid_permission",
    "invalid_command",
    "invalid_pool",
    "invalid_machine",
    "invalid_label",
    "invalid_priority"
  })
  ResponseEntity<FollowUpView> add(
      @PathVariable String id,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      @RequestBody FollowUpRequest request,
      Caller caller) {
    ThreadId thread = PathId.thread(id);
    Said said = request.said();
    FollowUpView added =
        idempotency.once(
            key,
            caller.name(),
            request,
            FollowUpView.class,
            () -> commands.add(thread, said, caller.name()));
    return ResponseEntity.created(
            URI.create("/api/threads/" + thread + "/follow-ups/" + added.id()))
        .eTag(Etag.of(added.version()))
        .body(added);
  }

  /**
   * Shows a follow-up, also one that was sent or removed.
   *
   * @param id the thread's UUID
   * @param followUp the follow-up's UUID
   */
  @GetMapping("/{followUp}")
  @Refuses({"invalid_thread", "unknown_thread", "invalid_follow_up", "unknown_follow_up"})
  ResponseEntity<FollowUpView> get(@PathVariable String id, @PathVariable String followUp) {
    return answer(commands.get(PathId.thread(id), followUp(followUp)));
  }

  /**
   * Changes the text, the settings or the place of a follow-up that waits. A JSON merge patch (RFC
   * 7396): what is absent stays, null resets. The ETag does not cover the place, which others move.
   *
   * @param id the thread's UUID
   * @param followUp the follow-up's UUID
   */
  @Refuses({
    "invalid_thread",
    "unknown_thread",
    "invalid_follow_up",
    "unknown_follow_up",
    "stale_version",
    "follow_up_sent",
    "follow_up_removed",
    "invalid_place",
    "empty_prompt",
    "prompt_too_large",
    "invalid_text",
    "invalid_engine",
    "invalid_permission",
    "invalid_command",
    "invalid_pool",
    "invalid_machine",
    "invalid_label",
    "invalid_priority"
  })
  @PatchMapping(
      path = "/{followUp}",
      consumes = {MediaType.APPLICATION_JSON_VALUE, "application/merge-patch+json"})
  ResponseEntity<FollowUpView> change(
      @PathVariable String id,
      @PathVariable String followUp,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @io.swagger.v3.oas.annotations.parameters.RequestBody(
              content = @Content(schema = @Schema(implementation = FollowUpPatch.class)))
          @RequestBody
          ObjectNode patch,
      Caller caller) {
    return answer(
        commands.change(PathId.thread(id), followUp(followUp), patch, ifMatch, caller.name()));
  }

  /**
   * Takes back a follow-up that waits.
   *
   * @param id the thread's UUID
   * @param followUp the follow-up's UUID
   */
  @Refuses({
    "invalid_thread",
    "unknown_thread",
    "invalid_follow_up",
    "unknown_follow_up",
    "stale_version",
    "follow_up_sent",
    "follow_up_removed"
  })
  @DeleteMapping("/{followUp}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void remove(
      @PathVariable String id,
      @PathVariable String followUp,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      Caller caller) {
    commands.remove(PathId.thread(id), followUp(followUp), ifMatch, caller.name());
  }

  /**
   * Sends a follow-up now. A thread that is idle answers it at once, even if its queue is held; a
   * busy one is stopped, and answers it next.
   *
   * @param id the thread's UUID
   * @param followUp the follow-up's UUID
   */
  @Refuses({
    "invalid_thread",
    "unknown_thread",
    "invalid_follow_up",
    "unknown_follow_up",
    "follow_up_sent",
    "follow_up_removed",
    "thread_archived",
    "project_deleted",
    "budget_reached",
    "invalid_command"
  })
  @PostMapping("/{followUp}/send")
  @ResponseStatus(HttpStatus.ACCEPTED)
  ResponseEntity<FollowUpView> send(
      @PathVariable String id, @PathVariable String followUp, Caller caller) {
    FollowUpView sent = commands.send(PathId.thread(id), followUp(followUp), caller.name());
    return ResponseEntity.accepted().eTag(Etag.of(sent.version())).body(sent);
  }

  /**
   * Sends the next follow-up of an idle thread, whatever held it, and the others after it. Changes
   * nothing where the thread is busy, or nothing waits.
   *
   * @param id the thread's UUID
   */
  @Refuses({
    "invalid_thread",
    "unknown_thread",
    "thread_archived",
    "project_deleted",
    "budget_reached",
    "invalid_command"
  })
  @PostMapping("/resume")
  QueueView resume(@PathVariable String id, Caller caller) {
    return commands.resume(PathId.thread(id), caller.name());
  }

  private static FollowUpId followUp(String text) {
    try {
      return FollowUpId.of(text);
    } catch (IllegalArgumentException malformed) {
      throw new ProblemException(
          ThreadError.INVALID_FOLLOW_UP, "a follow-up is addressed by its UUID of 36 characters");
    }
  }

  private static ResponseEntity<FollowUpView> answer(FollowUpView followUp) {
    return ResponseEntity.ok().eTag(Etag.of(followUp.version())).body(followUp);
  }
}
