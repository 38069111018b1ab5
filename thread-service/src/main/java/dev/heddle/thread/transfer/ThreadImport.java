package dev.heddle.thread.transfer;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.audit.Audit;
import dev.heddle.thread.audit.AuditAction;
import dev.heddle.thread.conversation.Conversation;
import dev.heddle.thread.conversation.Conversations;
import dev.heddle.thread.conversation.TurnSettings;
import dev.heddle.thread.feed.ThreadFeed;
import dev.heddle.thread.project.Project;
import dev.heddle.thread.project.Projects;
import dev.heddle.thread.run.Runs;
import dev.heddle.thread.run.ThreadRun;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Makes a thread of a document; all of it or nothing. Nothing runs by that. */
@Component
class ThreadImport {

  private static final Logger log = LoggerFactory.getLogger(ThreadImport.class);

  private final Projects projects;
  private final Conversations conversations;
  private final Runs runs;
  private final NamedParameterJdbcTemplate jdbc;
  private final ThreadFeed feed;
  private final Audit audit;
  private final Clock clock;
  private final Ids ids;

  ThreadImport(
      Projects projects,
      Conversations conversations,
      Runs runs,
      NamedParameterJdbcTemplate jdbc,
      ThreadFeed feed,
      Audit audit,
      Clock clock,
      Ids ids) {
    this.projects = projects;
    this.conversations = conversations;
    this.runs = runs;
    this.jdbc = jdbc;
    this.feed = feed;
    this.audit = audit;
    this.clock = clock;
    this.ids = ids;
  }

  /**
   * Stores a document that was checked.
   *
   * @param projectName id or name of the project that it comes to
   * @param keepId whether the thread keeps its id
   * @throws ProblemException {@code unknown_project}, {@code project_deleted}, or {@code
   *     thread_exists} where its id is to be kept and is taken
   */
  @Transactional
  ImportedThread store(ThreadDocument document, String projectName, boolean keepId, String by) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    ThreadId id = keepId ? document.thread().id() : new ThreadId(ids.next());
    if (keepId && runs.lockOrReserve(id) != null) {
      throw new ProblemException(
          ThreadError.THREAD_EXISTS,
          "there is a thread " + id + "; import it without keepId, which makes another one");
    }
    Project project = projects.require(projectName);
    projects.hold(project);
    TurnSettings settings = document.thread().settings().checked();
    ImportedRows rows = new ImportedRows(jdbc, new NewIds(ids), id, document, now);
    rows.write(project.id(), settings, by);
    Conversation conversation = Objects.requireNonNull(conversations.find(id));
    ThreadRun run = Objects.requireNonNull(runs.find(id));
    audit.ofThread(AuditAction.THREAD_IMPORTED, id, by, null, List.of());
    feed.tell(
        id,
        by,
        new ThreadChange.Created(conversation.createdBy(), conversation.createdAt()),
        conversation.told(),
        run.told(),
        run.toldBranch(),
        run.toldRepository(),
        run.toldFollowUps());
    log.atInfo()
        .addKeyValue("thread", id)
        .addKeyValue("of", document.thread().id())
        .addKeyValue("messages", document.messages().size())
        .addKeyValue("by", by)
        .log("thread imported");
    return new ImportedThread(
        id,
        project.name(),
        project.id(),
        document.messages().size(),
        rows.queued(),
        rows.pending());
  }
}
