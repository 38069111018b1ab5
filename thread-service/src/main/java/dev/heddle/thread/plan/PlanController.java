package dev.heddle.thread.plan;

import dev.heddle.rest.Page;
import dev.heddle.rest.Refuses;
import dev.heddle.security.Caller;
import dev.heddle.thread.Etag;
import dev.heddle.thread.PageLimit;
import dev.heddle.thread.PathId;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Plans over HTTP. */
@RestController
@RequestMapping("/api/threads/{id}/plan")
class PlanController {

  private final PlanCommands commands;

  PlanController(PlanCommands commands) {
    this.commands = commands;
  }

  /**
   * Shows the plan of a thread; an empty one of version 0 where nobody has planned anything.
   *
   * @param id the thread's UUID
   */
  @GetMapping
  @Refuses({"invalid_thread", "unknown_thread"})
  ResponseEntity<PlanView> get(@PathVariable String id) {
    return answer(commands.get(PathId.thread(id)));
  }

  /**
   * Replaces the plan of a thread. Send the ETag that you have seen as {@code If-Match}, since an
   * engine may plan at the same time; what was planned before stays among the revisions.
   *
   * @param id the thread's UUID
   */
  @PutMapping
  @Refuses({
    "invalid_thread",
    "unknown_thread",
    "stale_version",
    "invalid_plan",
    "plan_too_large",
    "invalid_text"
  })
  ResponseEntity<PlanView> replace(
      @PathVariable String id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @RequestBody PlanRequest request,
      Caller caller) {
    return answer(commands.replace(PathId.thread(id), request.checked(), ifMatch, caller.name()));
  }

  /**
   * Changes parts of the plan of a thread. A JSON merge patch (RFC 7396): what is absent stays,
   * null resets, and a list is replaced as a whole. {@code If-Match} and revisions as with PUT.
   *
   * @param id the thread's UUID
   */
  @PatchMapping(consumes = {MediaType.APPLICATION_JSON_VALUE, "application/merge-patch+json"})
  @Refuses({
    "invalid_thread",
    "unknown_thread",
    "stale_version",
    "invalid_plan",
    "plan_too_large",
    "invalid_text"
  })
  ResponseEntity<PlanView> change(
      @PathVariable String id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @io.swagger.v3.oas.annotations.parameters.RequestBody(
              content = @Content(schema = @Schema(implementation = PlanPatch.class)))
          @RequestBody
          ObjectNode patch,
      Caller caller) {
    return answer(commands.patch(PathId.thread(id), patch, ifMatch, caller.name()));
  }

  /**
   * Lists every plan that a thread had, the newest first, with who changed it and when.
   *
   * @param id the thread's UUID
   */
  @GetMapping("/revisions")
  @Refuses({"invalid_thread", "unknown_thread", "invalid_limit"})
  Page<PlanView> revisions(
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String cursor,
      @PageLimit.Described @RequestParam(required = false) @Nullable Integer limit) {
    return commands.revisions(PathId.thread(id), cursor, PageLimit.of(limit));
  }

  private static ResponseEntity<PlanView> answer(PlanView plan) {
    return ResponseEntity.ok().eTag(Etag.of(plan.version())).body(plan);
  }
}
