package dev.heddle.thread.api;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.Page;
import dev.heddle.rest.ProblemException;
import dev.heddle.rest.Refuses;
import dev.heddle.security.Caller;
import dev.heddle.thread.MergePatch;
import dev.heddle.thread.PageLimit;
import dev.heddle.thread.PathId;
import dev.heddle.thread.ThreadError;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** The messages of a thread and their branches over HTTP. */
@RestController
@RequestMapping("/api/threads/{id}")
class MessageController {

  private final Branches branches;
  private final BranchSwitch chosen;

  MessageController(Branches branches, BranchSwitch chosen) {
    this.branches = branches;
    this.chosen = chosen;
  }

  /**
   * Lists the messages of a thread, the oldest first: those of the active branch.
   *
   * @param id the thread's UUID
   * @param branch the active one, or all
   */
  @GetMapping("/messages")
  @Refuses({"invalid_thread", "unknown_thread", "invalid_choice", "invalid_limit"})
  Page<MessageView> messages(
      @PathVariable String id,
      @Parameter(
              schema =
                  @Schema(
                      type = "string",
                      allowableValues = {"active", "all"},
                      defaultValue = "active"))
          @RequestParam(required = false)
          @Nullable String branch,
      @RequestParam(required = false) @Nullable String cursor,
      @PageLimit.Described @RequestParam(required = false) @Nullable Integer limit) {
    return branches.messages(PathId.thread(id), isAll(branch), cursor, PageLimit.of(limit));
  }

  /**
   * Lists the branches of a thread, the one that was written last first.
   *
   * @param id the thread's UUID
   */
  @GetMapping("/branches")
  @Refuses({"invalid_thread", "unknown_thread", "invalid_limit"})
  Page<BranchView> list(
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String cursor,
      @PageLimit.Described @RequestParam(required = false) @Nullable Integer limit) {
    return branches.list(PathId.thread(id), cursor, PageLimit.of(limit));
  }

  /**
   * Chooses the branch that the thread shows, and behind which its next message goes. Any message
   * of it will do; of several branches that it is on, the one that was written last is taken. A run
   * goes on where it began. Where the workspace has uncommitted files, the choice says what becomes
   * of them.
   *
   * @param id the thread's UUID
   */
  @PutMapping("/branches/active")
  @Refuses({
    "invalid_thread",
    "unknown_thread",
    "invalid_message",
    "unknown_message",
    "message_of_other_thread",
    "invalid_choice",
    "uncommitted_changes",
    "no_checkpoint",
    "no_workspace",
    "thread_busy",
    "thread_archived",
    "project_deleted"
  })
  ActiveBranch choose(@PathVariable String id, @RequestBody BranchChoice wanted, Caller caller) {
    ThreadId thread = PathId.thread(id);
    MessageId message = PathId.message(wanted.messageId());
    return chosen.choose(thread, message, WithChanges.of(wanted.changes()), caller.name());
  }

  /**
   * Chooses the branch as PUT does, by a JSON merge patch (RFC 7396); one without a message changes
   * nothing. The active branch has no ETag: a run moves its end.
   *
   * @param id the thread's UUID
   */
  @PatchMapping(
      path = "/branches/active",
      consumes = {MediaType.APPLICATION_JSON_VALUE, "application/merge-patch+json"})
  @Refuses({
    "invalid_thread",
    "unknown_thread",
    "invalid_message",
    "unknown_message",
    "message_of_other_thread",
    "invalid_choice",
    "uncommitted_changes",
    "no_checkpoint",
    "no_workspace",
    "thread_busy",
    "thread_archived",
    "project_deleted"
  })
  ActiveBranch change(
      @PathVariable String id,
      @io.swagger.v3.oas.annotations.parameters.RequestBody(
              content = @Content(schema = @Schema(implementation = ActiveBranchPatch.class)))
          @RequestBody
          ObjectNode body,
      Caller caller) {
    ThreadId thread = PathId.thread(id);
    MergePatch patch = new MergePatch(body, ActiveBranchPatch.FIELDS);
    return patch.has("messageId")
        ? chosen.choose(
            thread,
            PathId.message(patch.requiredText("messageId", "")),
            WithChanges.of(patch.text("changes", null)),
            caller.name())
        : branches.active(thread);
  }

  private static boolean isAll(@Nullable String branch) {
    if (branch == null || branch.equals("active")) {
      return false;
    }
    if (branch.equals("all")) {
      return true;
    }
    throw new ProblemException(ThreadError.INVALID_CHOICE, "branch must be one of active, all");
  }
}
