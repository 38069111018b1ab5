package dev.heddle.thread.project;

import dev.heddle.rest.Cursor;
import dev.heddle.rest.Idempotency;
import dev.heddle.rest.Page;
import dev.heddle.security.Caller;
import dev.heddle.thread.Etag;
import dev.heddle.thread.PageLimit;
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

@RestController
@RequestMapping("/api/projects")
class ProjectController {

  private final Projects projects;
  private final ProjectCommands commands;
  private final Idempotency idempotency;

  ProjectController(Projects projects, ProjectCommands commands, Idempotency idempotency) {
    this.projects = projects;
    this.commands = commands;
    this.idempotency = idempotency;
  }

  @PostMapping
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

  @GetMapping
  Page<ProjectView> list(
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
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

  @GetMapping("/{idOrName}")
  ResponseEntity<ProjectView> get(@PathVariable String idOrName) {
    return answer(projects.require(idOrName).view());
  }

  @PatchMapping(
      path = "/{idOrName}",
      consumes = {MediaType.APPLICATION_JSON_VALUE, "application/merge-patch+json"})
  ResponseEntity<ProjectView> change(
      @PathVariable String idOrName,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @RequestBody ObjectNode patch,
      Caller caller) {
    return answer(commands.change(idOrName, patch, ifMatch, caller.name()));
  }

  @DeleteMapping("/{idOrName}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(
      @PathVariable String idOrName,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      Caller caller) {
    commands.delete(idOrName, ifMatch, caller.name());
  }

  private static ResponseEntity<ProjectView> answer(ProjectView project) {
    return ResponseEntity.ok().eTag(Etag.of(project.version())).body(project);
  }
}
