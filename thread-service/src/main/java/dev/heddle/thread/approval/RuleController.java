package dev.heddle.thread.approval;

import dev.heddle.contracts.Ids;
import dev.heddle.rest.Cursor;
import dev.heddle.rest.Idempotency;
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
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Rules over HTTP. */
@RestController
@RequestMapping("/api/rules")
class RuleController {

  private final Rules rules;
  private final RuleCommands commands;
  private final Projects projects;
  private final Idempotency idempotency;

  RuleController(Rules rules, RuleCommands commands, Projects projects, Idempotency idempotency) {
    this.rules = rules;
    this.commands = commands;
    this.projects = projects;
    this.idempotency = idempotency;
  }

  /**
   * Lists the rules that answer engines by themselves, the newest first.
   *
   * @param scope for whose runs they decide
   * @param thread the UUID of the thread whose they are
   * @param project the id or name of the project whose they are
   */
  @GetMapping
  @Refuses({"unknown_project", "invalid_thread", "invalid_rule", "invalid_limit"})
  Page<RuleView> list(
      @Parameter(schema = @Schema(implementation = RuleScope.class)) @RequestParam(required = false)
          @Nullable String scope,
      @RequestParam(required = false) @Nullable String thread,
      @RequestParam(required = false) @Nullable String project,
      @RequestParam(required = false) @Nullable String cursor,
      @PageLimit.Described @RequestParam(required = false) @Nullable Integer limit) {
    int count = PageLimit.of(limit);
    List<Rule> found =
        rules.list(
            scope == null ? null : RuleCommands.scope(scope),
            thread == null ? null : PathId.thread(thread).value(),
            project == null ? null : projects.require(project).id().value(),
            cursor == null ? null : place(cursor),
            count + 1);
    List<RuleView> shown = found.stream().limit(count).map(RuleView::of).toList();
    String next =
        found.size() > count
            ? Cursor.encode(shown.getLast().createdAt(), shown.getLast().id())
            : null;
    return new Page<>(shown, next);
  }

  /**
   * Adds a rule, for what engines ask from now on. A rule that says the same already is kept, and
   * answered instead.
   */
  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Refuses({
    "invalid_rule",
    "invalid_text",
    "invalid_thread",
    "unknown_thread",
    "unknown_project",
    "project_deleted"
  })
  ResponseEntity<RuleView> add(
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      @RequestBody RuleRequest request,
      Caller caller) {
    RuleView added =
        idempotency.once(
            key,
            caller.name(),
            request,
            RuleView.class,
            () -> commands.add(request, caller.name()));
    return ResponseEntity.created(URI.create("/api/rules/" + added.id())).body(added);
  }

  /**
   * Revokes a rule. What it has decided stays decided.
   *
   * @param id the rule's UUID
   */
  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Refuses({"invalid_rule", "unknown_rule"})
  void revoke(@PathVariable String id, Caller caller) {
    commands.revoke(id(id), caller.name());
  }

  private static UUID id(String text) {
    try {
      return Ids.parse(text);
    } catch (IllegalArgumentException malformed) {
      throw new ProblemException(
          ThreadError.INVALID_RULE, "a rule is addressed by its UUID of 36 characters");
    }
  }

  private static Rules.Place place(String cursor) {
    List<String> parts = Cursor.decode(cursor, 2);
    try {
      return new Rules.Place(Instant.parse(parts.get(0)), Ids.parse(parts.get(1)));
    } catch (DateTimeException | IllegalArgumentException foreign) {
      throw new ProblemException(
          RestError.BAD_CURSOR, "The cursor is not one of this list; start again without one.");
    }
  }
}
