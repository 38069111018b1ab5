package dev.heddle.thread.transfer;

import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.Idempotency;
import dev.heddle.rest.ProblemException;
import dev.heddle.rest.Refuses;
import dev.heddle.security.Caller;
import dev.heddle.thread.PathId;
import dev.heddle.thread.ThreadError;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
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

/** Threads that leave, and threads that come, over HTTP. */
@RestController
@RequestMapping("/api/threads")
class TransferController {

  private static final Logger log = LoggerFactory.getLogger(TransferController.class);

  private final ThreadExport exporter;
  private final ThreadImport importer;
  private final Idempotency idempotency;

  TransferController(ThreadExport exporter, ThreadImport importer, Idempotency idempotency) {
    this.exporter = exporter;
    this.importer = importer;
    this.idempotency = idempotency;
  }

  /** The request as it is remembered: the body would be kept in memory a second time. */
  private record Asked(String project, boolean keepId, String sha256) {}

  /**
   * Writes everything durable of a thread as one JSON document, which another installation can
   * import, or its active branch as Markdown for people. Markdown is also what an {@code Accept} of
   * {@code text/markdown} asks for. Rules that answer approvals by themselves are not part of it.
   *
   * @param id the thread's UUID
   * @param format {@code json} or {@code markdown}
   */
  @GetMapping("/{id}/export")
  @Refuses({"invalid_thread", "unknown_thread", "invalid_choice"})
  @ApiResponse(
      responseCode = "200",
      content = {
        @Content(
            mediaType = MediaType.APPLICATION_JSON_VALUE,
            schema = @Schema(implementation = ThreadDocument.class)),
        @Content(mediaType = "text/markdown", schema = @Schema(type = "string"))
      })
  void export(
      @PathVariable String id,
      @Parameter(
              schema =
                  @Schema(
                      type = "string",
                      allowableValues = {"json", "markdown"},
                      defaultValue = "json"))
          @RequestParam(required = false)
          @Nullable String format,
      @Parameter(hidden = true) @RequestHeader(name = HttpHeaders.ACCEPT, required = false)
          @Nullable String accept,
      Caller caller,
      @Parameter(hidden = true) HttpServletResponse response)
      throws IOException {
    ThreadId thread = PathId.thread(id);
    ExportFormat chosen = ExportFormat.of(format, accept);
    exporter.note(thread, chosen, caller.name());
    try {
      exporter.write(
          thread,
          chosen,
          fileName -> {
            response.setContentType(chosen.mediaType());
            response.setHeader(
                HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + fileName + "\"");
            return response.getOutputStream();
          });
    } catch (IOException | RuntimeException e) {
      if (!response.isCommitted()) {
        throw e;
      }
      log.atWarn().addKeyValue("cause", e.toString()).log("an export broke off");
      // Of its own: Spring takes a lost database for a client that has gone, and ends the answer
      // well.
      throw new IllegalStateException("the export broke off");
    }
  }

  /**
   * Makes a thread of an exported document, in a project of this installation. It gets ids of its
   * own and is idle: approvals that were pending are withdrawn, follow-ups wait until somebody lets
   * them go on, and what engines remember elsewhere is left out. The body may be larger than any
   * other: 32 MB, unless the operator says otherwise.
   *
   * @param project the id or name of the project that it comes to
   * @param keepId whether the thread keeps its id, which must be free
   */
  @PostMapping(path = "/import", consumes = MediaType.APPLICATION_JSON_VALUE)
  @ResponseStatus(HttpStatus.CREATED)
  @Refuses({
    "project_required",
    "unknown_project",
    "project_deleted",
    "unknown_format",
    "unsupported_version",
    "invalid_export",
    "unknown_parent",
    "message_cycle",
    "import_too_large",
    "invalid_text",
    "thread_exists",
    "invalid_title",
    "invalid_engine",
    "invalid_command",
    "invalid_pool",
    "invalid_machine",
    "invalid_label",
    "empty_prompt",
    "prompt_too_large"
  })
  ResponseEntity<ImportedThread> importThread(
      @RequestParam(required = false) @Nullable String project,
      @RequestParam(defaultValue = "false") boolean keepId,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      @io.swagger.v3.oas.annotations.parameters.RequestBody(
              content = @Content(schema = @Schema(implementation = ThreadDocument.class)))
          @RequestBody
          byte[] body,
      Caller caller) {
    if (project == null || project.isBlank()) {
      throw new ProblemException(
          ThreadError.PROJECT_REQUIRED, "say with ?project=NAME which project the thread comes to");
    }
    ThreadDocument document = DocumentReader.read(body);
    DocumentRules.check(document);
    ImportedThread made =
        idempotency.once(
            key,
            caller.name(),
            new Asked(project, keepId, sha256(body)),
            ImportedThread.class,
            () -> importer.store(document, project, keepId, caller.name()));
    return ResponseEntity.created(URI.create("/api/threads/" + made.threadId())).body(made);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
