package dev.heddle.thread.api;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.Idempotency;
import dev.heddle.rest.Page;
import dev.heddle.rest.Refuses;
import dev.heddle.security.Caller;
import dev.heddle.thread.Etag;
import dev.heddle.thread.PageLimit;
import dev.heddle.thread.PathId;
import dev.heddle.thread.StorableText;
import dev.heddle.thread.conversation.Conversations;
import dev.heddle.thread.conversation.Title;
import dev.heddle.thread.project.Projects;
import dev.heddle.thread.run.RunStatus;
import dev.heddle.thread.run.Runs;
import dev.heddle.thread.run.Transition;
import dev.heddle.thread.search.SearchWords;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
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

/** Threads over HTTP. */
@RestController
@RequestMapping("/api/threads")
class ThreadController {

  private final ThreadCommands commands;
  private final ThreadFork fork;
  private final ThreadList list;
  private final Projects projects;
  private final Conversations conversations;
  private final Runs runs;
  private final Idempotency idempotency;

  ThreadController(
      ThreadCommands commands,
      ThreadFork fork,
      ThreadList list,
      Projects projects,
      Conversations conversations,
      Runs runs,
      Idempotency idempotency) {
    this.commands = commands;
    this.fork = fork;
    this.list = list;
    this.projects = projects;
    this.conversations = conversations;
    this.runs = runs;
    this.idempotency = idempotency;
  }

  /** Makes a thread without a message. To begin with one, dispatch it. */
  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Refuses({
    "project_required", "unknown_project", "project_deleted", "invalid_thread", "thread_exists",
    "invalid_title", "invalid_text", "invalid_engine", "invalid_command", "invalid_pool",
    "invalid_machine", "invalid_label"
  })
  ResponseEntity<ThreadView> create(
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      @RequestBody ThreadRequest request,
      Caller caller) {
    ThreadView created =
        idempotency.once(
            key,
            caller.name(),
            request,
            ThreadView.class,
            () -> commands.create(request, caller.name()));
    return ResponseEntity.created(URI.create("/api/threads/" + created.id()))
        .eTag(Etag.of(created.version()))
        .body(created);
  }

  /**
   * Lists threads, the pinned ones first. A thread that keeps its place in the order is on exactly
   * one page, whatever others do meanwhile.
   *
   * @param project the id or name of the project that they belong to
   * @param status of the run of each
   * @param engine of the next turn of each
   * @param machine where the active or last run of each works
   * @param q words that stand in the title, or together in a message; each is found by its
   *     beginning, in any case
   * @param archived whether to list archived threads: not, alone, or with the others
   * @param pinned whether to list pinned threads: not, alone, or with the others
   * @param sort by the latest activity, by age (the youngest first), or by title
   */
  @GetMapping
  @Refuses({"unknown_project", "invalid_choice", "invalid_text", "invalid_limit"})
  Page<ThreadView> list(
      @RequestParam(required = false) @Nullable String project,
      @Parameter(schema = @Schema(implementation = RunStatus.class)) @RequestParam(required = false)
          @Nullable String status,
      @RequestParam(required = false) @Nullable String engine,
      @RequestParam(required = false) @Nullable String machine,
      @RequestParam(required = false) @Nullable String q,
      @Parameter(
              schema =
                  @Schema(
                      type = "string",
                      allowableValues = {"false", "true", "any"},
                      defaultValue = "false"))
          @RequestParam(required = false)
          @Nullable String archived,
      @Parameter(
              schema =
                  @Schema(
                      type = "string",
                      allowableValues = {"false", "true", "any"},
                      defaultValue = "any"))
          @RequestParam(required = false)
          @Nullable String pinned,
      @Parameter(schema = @Schema(implementation = ThreadSort.class, defaultValue = "activity"))
          @RequestParam(required = false)
          @Nullable String sort,
      @RequestParam(required = false) @Nullable String cursor,
      @PageLimit.Described @RequestParam(required = false) @Nullable Integer limit) {
    ThreadFilter filter =
        new ThreadFilter(
            project == null ? null : projects.require(project).id(),
            ThreadFilter.status(status),
            engine == null ? null : StorableText.require("engine", engine),
            machine == null ? null : StorableText.require("machine", machine),
            ThreadFilter.flag("archived", archived, false),
            ThreadFilter.flag("pinned", pinned, null),
            q == null || q.isBlank() ? null : SearchWords.of(StorableText.require("q", q)));
    return list.page(filter, ThreadSort.of(sort), cursor, PageLimit.of(limit));
  }

  /**
   * Shows a thread.
   *
   * @param id the thread's UUID
   */
  @GetMapping("/{id}")
  @Refuses({"invalid_thread", "unknown_thread"})
  ThreadView get(@PathVariable String id, HttpServletResponse response) {
    ThreadView thread = commands.get(PathId.thread(id));
    // The version is of what people set, for If-Match. As the tag of a ResponseEntity it would
    // answer If-None-Match too, and hide that the run has moved.
    response.setHeader(HttpHeaders.ETAG, Etag.of(thread.version()));
    return thread;
  }

  /**
   * Changes what is set for the next turn, the title, or whether the thread is pinned or archived.
   * A JSON merge patch (RFC 7396): what is absent stays, null resets. Archiving ends the run and
   * holds the follow-ups, which go on when the thread is no longer archived.
   *
   * @param id the thread's UUID
   */
  @Refuses({
    "invalid_thread", "unknown_thread", "stale_version", "invalid_title", "invalid_text",
    "invalid_engine", "invalid_command", "invalid_pool", "invalid_machine", "invalid_label"
  })
  @PatchMapping(
      path = "/{id}",
      consumes = {MediaType.APPLICATION_JSON_VALUE, "application/merge-patch+json"})
  ResponseEntity<ThreadView> change(
      @PathVariable String id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @io.swagger.v3.oas.annotations.parameters.RequestBody(
              content = @Content(schema = @Schema(implementation = ThreadPatch.class)))
          @RequestBody
          ObjectNode patch,
      Caller caller) {
    return answer(commands.change(PathId.thread(id), patch, ifMatch, caller.name()));
  }

  /**
   * Makes a new thread of the branch up to a message. It has the settings of the original, and
   * nothing runs on it yet.
   *
   * @param id the UUID of the thread to copy
   */
  @PostMapping("/{id}/fork")
  @ResponseStatus(HttpStatus.CREATED)
  @Refuses({
    "invalid_thread", "unknown_thread", "invalid_message", "unknown_message",
    "message_of_other_thread", "project_deleted", "invalid_title", "invalid_text"
  })
  ResponseEntity<ThreadView> fork(
      @PathVariable String id,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      @RequestBody ForkRequest request,
      Caller caller) {
    ThreadId source = PathId.thread(id);
    MessageId last = PathId.message(request.messageId());
    Title title = request.title() == null ? null : Title.chosen(request.title());
    ThreadView made =
        idempotency.once(
            key,
            caller.name(),
            request,
            ThreadView.class,
            () -> fork.fork(source, last, title, caller.name()));
    return ResponseEntity.created(URI.create("/api/threads/" + made.id()))
        .eTag(Etag.of(made.version()))
        .body(made);
  }

  /**
   * Deletes a thread and ends its run.
   *
   * @param id the thread's UUID
   */
  @Refuses({"invalid_thread", "unknown_thread", "stale_version"})
  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(
      @PathVariable String id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      Caller caller) {
    commands.delete(PathId.thread(id), ifMatch, caller.name());
  }

  /**
   * Lists every change of the thread's run status, the oldest first.
   *
   * @param id the thread's UUID
   */
  @GetMapping("/{id}/transitions")
  @Refuses({"invalid_thread", "unknown_thread", "invalid_limit"})
  Page<TransitionView> transitions(
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String cursor,
      @PageLimit.Described @RequestParam(required = false) @Nullable Integer limit) {
    ThreadId thread = existing(id);
    return OrdinalPage.of(
        cursor,
        PageLimit.of(limit),
        (after, count) -> runs.transitions(thread, after, count),
        TransitionView::of,
        Transition::ordinal);
  }

  private ThreadId existing(String id) {
    ThreadId thread = PathId.thread(id);
    if (conversations.find(thread) == null) {
      throw Conversations.unknown(thread);
    }
    return thread;
  }

  private static ResponseEntity<ThreadView> answer(ThreadView thread) {
    return ResponseEntity.ok().eTag(Etag.of(thread.version())).body(thread);
  }
}
