package dev.heddle.thread.transfer;

import dev.heddle.contracts.ThreadId;
import dev.heddle.messaging.Json;
import dev.heddle.thread.audit.Audit;
import dev.heddle.thread.audit.AuditAction;
import dev.heddle.thread.conversation.Conversations;
import dev.heddle.thread.conversation.Title;
import dev.heddle.thread.transfer.ThreadRows.Section;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes a thread as it is at one moment, while it is read: no more than a few rows of it are in
 * memory at a time.
 */
@Component
class ThreadExport {

  /** Where an export goes; nothing is opened for a thread that is not there. */
  interface Target {

    /**
     * Begins the answer.
     *
     * @param fileName of {@code a-z 0-9 - .} alone
     */
    OutputStream open(String fileName) throws IOException;
  }

  /** Half a document must not look like a whole one, so nothing is closed that was not ended. */
  private static final JsonMapper WRITER =
      JsonMapper.builder()
          .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT, StreamWriteFeature.AUTO_CLOSE_TARGET)
          .build();

  private final Conversations conversations;
  private final ThreadRows rows;
  private final Audit audit;
  private final Clock clock;

  ThreadExport(Conversations conversations, ThreadRows rows, Audit audit, Clock clock) {
    this.conversations = conversations;
    this.audit = audit;
    this.rows = rows;
    this.clock = clock;
  }

  /**
   * Notes who takes a thread out, before anything of it is given: an export that breaks off has
   * told something too.
   *
   * @throws dev.heddle.rest.ProblemException {@code unknown_thread}
   */
  @Transactional
  void note(ThreadId thread, ExportFormat format, String by) {
    if (conversations.find(thread) == null) {
      throw Conversations.unknown(thread);
    }
    audit.ofThread(AuditAction.THREAD_EXPORTED, thread, by, null, List.of(format.wire()));
  }

  /**
   * Writes the document of a thread, or the transcript of its active branch.
   *
   * @throws dev.heddle.rest.ProblemException {@code unknown_thread}, before anything is written
   */
  @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
  void write(ThreadId thread, ExportFormat format, Target target) throws IOException {
    if (conversations.find(thread) == null) {
      throw Conversations.unknown(thread);
    }
    ThreadDocument.About about = rows.one(ThreadRows.ABOUT, thread);
    OutputStream out = target.open(fileName(about, format));
    switch (format) {
      case JSON -> document(thread, about, out);
      case MARKDOWN -> new Transcript(rows, thread, about).write(out);
    }
    // Not where it has failed: whoever reads it would take that for the end.
    out.close();
  }

  private void document(ThreadId thread, ThreadDocument.About about, OutputStream out) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    try (JsonGenerator json = WRITER.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringProperty("format", ThreadDocument.FORMAT);
      json.writeNumberProperty("version", ThreadDocument.VERSION);
      json.writeStringProperty("exportedAt", now.toString());
      write(json, "thread", about);
      write(json, "run", rows.one(ThreadRows.RUN, thread));
      write(json, "repository", rows.one(ThreadRows.REPOSITORY, thread));
      list(json, ThreadRows.MESSAGES, thread);
      list(json, ThreadRows.PLANS, thread);
      list(json, ThreadRows.COMPACTIONS, thread);
      list(json, ThreadRows.ENGINES, thread);
      list(json, ThreadRows.CHECKPOINTS, thread);
      list(json, ThreadRows.FOLLOW_UPS, thread);
      list(json, ThreadRows.APPROVALS, thread);
      list(json, ThreadRows.TRANSITIONS, thread);
      json.writeEndObject();
    }
  }

  private static void write(JsonGenerator json, String name, Object value) {
    json.writeName(name);
    json.writeRawValue(Json.string(value));
  }

  private <T> void list(JsonGenerator json, Section<T> section, ThreadId thread) {
    json.writeName(section.name());
    json.writeStartArray();
    rows.each(section, thread, row -> json.writeRawValue(Json.string(row)));
    json.writeEndArray();
  }

  private static String fileName(ThreadDocument.About about, ExportFormat format) {
    String id = about.id().toString();
    return "heddle-%s-%s.%s"
        .formatted(
            new Title(about.title(), about.titleCustom()).slug(),
            id.substring(id.length() - 8),
            format.extension());
  }
}
