package dev.heddle.thread.approval;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.Ids;
import dev.heddle.rest.Cursor;
import dev.heddle.rest.Page;
import dev.heddle.rest.ProblemException;
import dev.heddle.rest.Refuses;
import dev.heddle.rest.RestError;
import dev.heddle.security.Caller;
import dev.heddle.thread.PageLimit;
import dev.heddle.thread.PathId;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.project.Projects;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Approvals and questions over HTTP. */
@RestController
@RequestMapping("/api/approvals")
class ApprovalController {

  private final Approvals approvals;
  private final ApprovalCommands commands;
  private final Projects projects;

  ApprovalController(Approvals approvals, ApprovalCommands commands, Projects projects) {
    this.approvals = approvals;
    this.commands = commands;
    this.projects = projects;
  }

  /**
   * Lists what engines have asked, across all threads, the newest first. With {@code state=pending}
   * it is the inbox.
   *
   * @param state where they stand
   * @param project the id or name of the project whose runs asked
   * @param thread the UUID of the thread whose runs asked
   * @param descendants whether to list also what threads ask that work for that one
   */
  @GetMapping
  @Refuses({"unknown_project", "invalid_thread", "invalid_choice", "invalid_limit"})
  Page<ApprovalView> list(
      @Parameter(schema = @Schema(implementation = ApprovalState.class))
          @RequestParam(required = false)
          @Nullable String state,
      @RequestParam(required = false) @Nullable String project,
      @RequestParam(required = false) @Nullable String thread,
      @RequestParam(defaultValue = "false") boolean descendants,
      @RequestParam(required = false) @Nullable String cursor,
      @PageLimit.Described @RequestParam(required = false) @Nullable Integer limit) {
    int count = PageLimit.of(limit);
    Approvals.Filter filter =
        new Approvals.Filter(
            state == null ? null : state(state),
            project == null ? null : projects.require(project).id().value(),
            thread == null ? null : PathId.thread(thread).value(),
            descendants);
    List<Approval> found = approvals.list(filter, cursor == null ? null : place(cursor), count + 1);
    List<ApprovalView> shown = found.stream().limit(count).map(ApprovalView::of).toList();
    String next =
        found.size() > count
            ? Cursor.encode(shown.getLast().askedAt(), shown.getLast().id())
            : null;
    return new Page<>(shown, next);
  }

  /**
   * Shows something that an engine asked.
   *
   * @param id its UUID
   */
  @GetMapping("/{id}")
  @Refuses({"invalid_approval", "unknown_approval"})
  ApprovalView get(@PathVariable String id) {
    ApprovalId approval = id(id);
    return ApprovalView.of(
        approvals.find(approval).orElseThrow(() -> ApprovalCommands.unknown(approval)));
  }

  /**
   * Decides. The first decision counts: a second is refused with the first. The answer does not
   * wait for the engine; {@code decision.delivery} of the approval tells whether it has it.
   *
   * @param id its UUID
   */
  @PostMapping("/{id}/decision")
  @Refuses({
    "invalid_approval",
    "unknown_approval",
    "invalid_decision",
    "invalid_rule",
    "invalid_text",
    "already_decided",
    "approval_dead"
  })
  ApprovalView decide(
      @PathVariable String id, @RequestBody DecisionRequest request, Caller caller) {
    return commands.decide(id(id), request, caller.name());
  }

  private static ApprovalState state(String text) {
    try {
      return ApprovalState.of(text);
    } catch (IllegalArgumentException unknown) {
      throw new ProblemException(
          ThreadError.INVALID_CHOICE,
          "state must be one of "
              + List.of(ApprovalState.values()).toString().toLowerCase(Locale.ROOT));
    }
  }

  private static ApprovalId id(String text) {
    try {
      return ApprovalId.of(text);
    } catch (IllegalArgumentException malformed) {
      throw new ProblemException(
          ThreadError.INVALID_APPROVAL, "an approval is addressed by its UUID of 36 characters");
    }
  }

  private static Approvals.Place place(String cursor) {
    List<String> parts = Cursor.decode(cursor, 2);
    try {
      return new Approvals.Place(Instant.parse(parts.get(0)), Ids.parse(parts.get(1)));
    } catch (DateTimeException | IllegalArgumentException foreign) {
      throw new ProblemException(
          RestError.BAD_CURSOR, "The cursor is not one of this list; start again without one.");
    }
  }
}
