package dev.heddle.thread.project;

import dev.heddle.rest.Cursor;
import dev.heddle.rest.Idempotency;
import dev.heddle.rest.Page;
import dev.heddle.rest.Refuses;
import dev.heddle.security.Caller;
import dev.heddle.thread.Etag;
import dev.heddle.thread.PageLimit;
import dev.heddle.thread.usage.Spent;
import dev.heddle.thread.usage.Usages;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import java.net.URI;
import java.util.List;
import java.util.Locale;
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
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Projects over HTTP. */
@RestController
@RequestMapping("/api/projects")
class ProjectController {

  private final Projects projects;
  private final ProjectCommands commands;
  private final Usages usages;
  private final Idempotency idempotency;

  ProjectController(
      Projects projects, ProjectCommands commands, Usages usages, Idempotency idempotency) {
    this.projects = projects;
    this.commands = commands;
    this.usages = usages;
    this.idempotency = idempotency;
  }

  /** Makes a project. */
  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Refuses({
    "invalid_name",
    "project_name_taken",
    "invalid_repository",
    "invalid_branch",
    "invalid_path",
    "invalid_limit",
    "invalid_choice",
    "invalid_permission",
    "invalid_command",
    "invalid_text",
    "invalid_budget"
  })
  ResponseEntity<ProjectView> create(
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      @RequestBody ProjectRequest request,
      Caller caller) {
    ProjectSettings settings = request.settings();
    ProjectView created =
        idempotency.once(
            key,
            caller.name(),
            request,
            ProjectView.class,
            () -> commands.create(settings, caller.name()));
    return ResponseEntity.created(URI.create("/api/projects/" + created.id()))
        .eTag(Etag.of(created.version()))
        .body(created);
  }

  /** Lists projects by name. */
  @GetMapping
  @Refuses("invalid_limit")
  Page<ProjectView> list(
      @RequestParam(required = false) @Nullable String cursor,
      @PageLimit.Described @RequestParam(required = false) @Nullable Integer limit) {
    int count = PageLimit.of(limit);
    String after = cursor == null ? null : Cursor.decode(cursor, 1).getFirst();
    List<Project> found = projects.page(after, count + 1);
    List<ProjectView> shown = found.stream().limit(count).map(Project::view).toList();
    String next =
        found.size() > count
            ? Cursor.encode(shown.getLast().name().toLowerCase(Locale.ROOT))
            : null;
    return new Page<>(shown, next);
  }

  /**
   * Shows a project.
   *
   * @param idOrName the project's UUID or name
   */
  @Refuses("unknown_project")
  @GetMapping("/{idOrName}")
  ResponseEntity<ProjectView> get(@PathVariable String idOrName) {
    return answer(projects.require(idOrName).view());
  }

  /**
   * Changes the settings of a project, for sessions that start from now on. A JSON merge patch (RFC
   * 7396): what is absent stays, null resets.
   *
   * @param idOrName the project's UUID or name
   */
  @Refuses({
    "unknown_project",
    "project_deleted",
    "stale_version",
    "invalid_name",
    "project_name_taken",
    "invalid_repository",
    "invalid_branch",
    "invalid_path",
    "invalid_limit",
    "invalid_choice",
    "invalid_permission",
    "invalid_command",
    "invalid_text",
    "invalid_budget"
  })
  @PatchMapping(
      path = "/{idOrName}",
      consumes = {MediaType.APPLICATION_JSON_VALUE, "application/merge-patch+json"})
  ResponseEntity<ProjectView> change(
      @PathVariable String idOrName,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @io.swagger.v3.oas.annotations.parameters.RequestBody(
              content = @Content(schema = @Schema(implementation = ProjectPatch.class)))
          @RequestBody
          ObjectNode patch,
      Caller caller) {
    return answer(commands.change(idOrName, patch, ifMatch, caller.name()));
  }

  /**
   * Deletes a project that has no unfinished runs. Its threads stay readable, and its name is free.
   *
   * @param idOrName the project's UUID or name
   */
  @Refuses({"unknown_project", "project_busy", "project_deleted", "stale_version"})
  @DeleteMapping("/{idOrName}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(
      @PathVariable String idOrName,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      Caller caller) {
    commands.delete(idOrName, ifMatch, caller.name());
  }

  /**
   * Tells what the runs of a project have spent so far, also those of threads that were deleted.
   *
   * @param idOrName the project's UUID or name
   */
  @Refuses("unknown_project")
  @GetMapping("/{idOrName}/usage")
  Spent usage(@PathVariable String idOrName) {
    return usages.ofProject(projects.require(idOrName).id());
  }

  private static ResponseEntity<ProjectView> answer(ProjectView project) {
    return ResponseEntity.ok().eTag(Etag.of(project.version())).body(project);
  }
}
