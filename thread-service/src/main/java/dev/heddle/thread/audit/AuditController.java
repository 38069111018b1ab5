package dev.heddle.thread.audit;

import dev.heddle.rest.Cursor;
import dev.heddle.rest.Page;
import dev.heddle.rest.ProblemException;
import dev.heddle.rest.Refuses;
import dev.heddle.rest.RestError;
import dev.heddle.thread.PageLimit;
import dev.heddle.thread.PathId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What was done, over HTTP. */
@RestController
class AuditController {

  private final Audit audit;

  AuditController(Audit audit) {
    this.audit = audit;
  }

  /**
   * Lists who did what to threads and projects, the newest first. Entries stay when their thread or
   * project is deleted.
   *
   * @param thread the UUID of the thread that it was done to
   * @param project the UUID of the project that it was done to, or that its thread belongs to
   * @param by who did it, by the whole name
   */
  @GetMapping("/api/audit")
  @Refuses({"invalid_thread", "invalid_project", "invalid_limit"})
  Page<AuditEntry> list(
      @RequestParam(required = false) @Nullable String thread,
      @RequestParam(required = false) @Nullable String project,
      @RequestParam(required = false) @Nullable String by,
      @RequestParam(required = false) @Nullable String cursor,
      @PageLimit.Described @RequestParam(required = false) @Nullable Integer limit) {
    int count = PageLimit.of(limit);
    List<AuditEntry> found =
        audit.page(
            thread == null ? null : PathId.thread(thread).value(),
            project == null ? null : PathId.project(project).value(),
            by,
            cursor == null ? null : idOf(cursor),
            count + 1);
    List<AuditEntry> shown = found.subList(0, Math.min(count, found.size()));
    String next = found.size() > count ? Cursor.encode(shown.getLast().id()) : null;
    return new Page<>(shown, next);
  }

  private static long idOf(String cursor) {
    try {
      return Long.parseLong(Cursor.decode(cursor, 1).getFirst());
    } catch (NumberFormatException foreign) {
      throw new ProblemException(
          RestError.BAD_CURSOR, "The cursor is of another list; begin again without one.");
    }
  }
}
