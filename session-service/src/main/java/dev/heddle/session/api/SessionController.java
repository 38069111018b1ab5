package dev.heddle.session.api;

import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.Cursor;
import dev.heddle.rest.Page;
import dev.heddle.rest.ProblemException;
import dev.heddle.rest.Refuses;
import dev.heddle.rest.RestError;
import dev.heddle.security.Caller;
import dev.heddle.session.backlog.WaitingReason;
import dev.heddle.session.backlog.WaitingReasons;
import dev.heddle.session.project.Projects;
import dev.heddle.session.session.Session;
import dev.heddle.session.session.Sessions;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Sessions over HTTP. */
@RestController
@RequestMapping("/api/sessions")
class SessionController {

  private static final int DEFAULT_LIMIT = 50;
  private static final int MAX_LIMIT = 200;

  private final SessionActions actions;
  private final Sessions sessions;
  private final Projects projects;
  private final WaitingReasons reasons;

  SessionController(
      SessionActions actions, Sessions sessions, Projects projects, WaitingReasons reasons) {
    this.actions = actions;
    this.sessions = sessions;
    this.projects = projects;
    this.reasons = reasons;
  }

  /** Runs a prompt in a project, with no thread. The answer does not wait for a machine. */
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Refuses({
    "project_required",
    "unknown_project",
    "empty_prompt",
    "prompt_too_large",
    "invalid_text",
    "invalid_engine",
    "invalid_command",
    "invalid_pool",
    "invalid_machine",
    "invalid_label",
    "invalid_permission",
    "invalid_priority"
  })
  @PostMapping
  ResponseEntity<SessionActions.Created> create(
      @RequestBody RunRequest request,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      Caller caller) {
    return accepted(actions.create(request, key, caller.name()));
  }

  /**
   * Runs the same once more, as a session of its own.
   *
   * @param id the UUID of a session that is over
   */
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Refuses({"invalid_session", "unknown_session", "session_unfinished", "thread_busy"})
  @PostMapping("/{id}/retry")
  ResponseEntity<SessionActions.Created> retry(
      @PathVariable String id,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      Caller caller) {
    return accepted(actions.retry(PathIds.session(id), key, caller.name()));
  }

  private static ResponseEntity<SessionActions.Created> accepted(SessionActions.Created created) {
    return ResponseEntity.accepted()
        .header("Location", "/api/sessions/" + created.sessionId())
        .body(created);
  }

  /**
   * Ends a session, in whatever state it is. One that runs is over when its engine has ended.
   *
   * @param id the session's UUID
   */
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Refuses({"invalid_session", "unknown_session", "session_finished"})
  @PostMapping("/{id}/cancel")
  ResponseEntity<SessionActions.Cancelled> cancel(@PathVariable String id, Caller caller) {
    return ResponseEntity.accepted().body(actions.cancel(PathIds.session(id), caller.name()));
  }

  /**
   * Shows a session.
   *
   * @param id the session's UUID
   */
  @Refuses({"invalid_session", "unknown_session"})
  @GetMapping("/{id}")
  SessionView one(@PathVariable String id) {
    Session session = actions.find(PathIds.session(id));
    return SessionView.of(session, reasons.of(List.of(session)).get(session.id()));
  }

  /**
   * Lists every change of a session's status, the oldest first, all on one page.
   *
   * @param id the session's UUID
   */
  @Refuses({"invalid_session", "unknown_session"})
  @GetMapping("/{id}/transitions")
  Page<TransitionView> transitions(@PathVariable String id) {
    SessionId session = actions.find(PathIds.session(id)).id();
    return new Page<>(sessions.history(session).stream().map(TransitionView::of).toList(), null);
  }

  /**
   * Lists sessions, the newest first.
   *
   * @param project the id or name of the project that they belong to
   * @param status that they are in
   * @param machine where the current attempt runs, or the last one ran
   * @param thread the UUID of the thread that they belong to
   */
  @Refuses({
    "unknown_project",
    "invalid_status",
    "invalid_machine",
    "invalid_thread",
    "invalid_limit"
  })
  @GetMapping
  Page<SessionView> list(
      @RequestParam(required = false) @Nullable String project,
      @Parameter(schema = @Schema(implementation = SessionStatus.class))
          @RequestParam(required = false)
          @Nullable String status,
      @RequestParam(required = false) @Nullable String machine,
      @RequestParam(required = false) @Nullable String thread,
      @RequestParam(required = false) @Nullable String cursor,
      @Parameter(
              schema =
                  @Schema(type = "integer", minimum = "1", maximum = "200", defaultValue = "50"))
          @RequestParam(required = false)
          @Nullable Integer limit) {
    int size = size(limit);
    MachineId on = machine == null ? null : PathIds.machine(machine);
    ThreadId of = thread == null ? null : PathIds.thread(thread);
    Sessions.Filter filter =
        new Sessions.Filter(
            project == null ? null : project(project),
            of == null ? null : of.value(),
            status == null ? null : status(status),
            on,
            cursor == null ? null : place(cursor));
    List<Session> found = sessions.list(filter, size + 1);
    List<Session> page = found.subList(0, Math.min(size, found.size()));
    Map<SessionId, WaitingReason> waiting = reasons.of(page);
    String next = null;
    if (found.size() > size) {
      Session last = page.getLast();
      next = Cursor.encode(last.request().queuedAt(), last.id());
    }
    return new Page<>(
        page.stream().map(one -> SessionView.of(one, waiting.get(one.id()))).toList(), next);
  }

  private static int size(@Nullable Integer limit) {
    if (limit == null) {
      return DEFAULT_LIMIT;
    }
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new ProblemException(
          SessionError.INVALID_LIMIT, "limit must be between 1 and " + MAX_LIMIT);
    }
    return limit;
  }

  private UUID project(String idOrName) {
    return projects
        .find(idOrName)
        .map(project -> project.ref().id().value())
        .orElseThrow(() ->
            new ProblemException(
                SessionError.UNKNOWN_PROJECT, "there is no project '%s'".formatted(idOrName)));
  }

  private static SessionStatus status(String text) {
    return Arrays.stream(SessionStatus.values())
        .filter(status -> status.wire().equals(text))
        .findFirst()
        .orElseThrow(() ->
            new ProblemException(
                SessionError.INVALID_STATUS,
                "status must be one of "
                    + Arrays.stream(SessionStatus.values())
                        .map(SessionStatus::wire)
                        .collect(Collectors.joining(", "))));
  }

  private static Sessions.Place place(String cursor) {
    List<String> parts = Cursor.decode(cursor, 2);
    try {
      return new Sessions.Place(Instant.parse(parts.get(0)), SessionId.of(parts.get(1)).value());
    } catch (DateTimeException | IllegalArgumentException e) {
      throw new ProblemException(
          RestError.BAD_CURSOR, "the cursor is not one of this list; begin without one");
    }
  }
}
