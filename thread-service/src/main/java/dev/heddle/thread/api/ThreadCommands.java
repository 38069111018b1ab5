package dev.heddle.thread.api;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.Etag;
import dev.heddle.thread.MergePatch;
import dev.heddle.thread.PathId;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.audit.Audit;
import dev.heddle.thread.audit.AuditAction;
import dev.heddle.thread.conversation.Conversation;
import dev.heddle.thread.conversation.Conversations;
import dev.heddle.thread.conversation.SettingsInput;
import dev.heddle.thread.conversation.Title;
import dev.heddle.thread.conversation.TurnSettings;
import dev.heddle.thread.engine.EngineStates;
import dev.heddle.thread.feed.ThreadFeed;
import dev.heddle.thread.followup.FollowUpQueue;
import dev.heddle.thread.project.Project;
import dev.heddle.thread.project.Projects;
import dev.heddle.thread.run.HoldCause;
import dev.heddle.thread.run.RunControl;
import dev.heddle.thread.run.RunFeed;
import dev.heddle.thread.run.Runs;
import dev.heddle.thread.run.ThreadRun;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.node.ObjectNode;

/** What people do with a thread besides talking to it. */
@Component
class ThreadCommands {

  private static final Logger log = LoggerFactory.getLogger(ThreadCommands.class);

  private final Projects projects;
  private final Conversations conversations;
  private final Runs runs;
  private final RunControl control;
  private final EngineStates engines;
  private final FollowUpQueue queue;
  private final ThreadFeed feed;
  private final Audit audit;
  private final Clock clock;
  private final Ids ids;

  ThreadCommands(
      Projects projects,
      Conversations conversations,
      Runs runs,
      RunControl control,
      EngineStates engines,
      FollowUpQueue queue,
      ThreadFeed feed,
      Audit audit,
      Clock clock,
      Ids ids) {
    this.projects = projects;
    this.conversations = conversations;
    this.runs = runs;
    this.control = control;
    this.engines = engines;
    this.queue = queue;
    this.feed = feed;
    this.audit = audit;
    this.clock = clock;
    this.ids = ids;
  }

  @Transactional(readOnly = true)
  ThreadView get(ThreadId id) {
    // First: of what others change in between, the client then still hears.
    long version = feed.version(id);
    Conversation conversation = conversations.find(id);
    if (conversation == null) {
      throw Conversations.unknown(id);
    }
    return view(conversation, version);
  }

  @Transactional
  ThreadView create(ThreadRequest request, String by) {
    ThreadId id = request.id() == null ? new ThreadId(ids.next()) : PathId.thread(request.id());
    TurnSettings settings = request.settings().checked();
    Title title = request.title() == null ? Title.untitled() : Title.chosen(request.title());
    if (runs.lockOrReserve(id) != null) {
      throw new ProblemException(ThreadError.THREAD_EXISTS, "there is a thread " + id);
    }
    Project project = projects.require(request.requiredProject());
    projects.hold(project);
    Instant now = now();
    Conversation conversation = new Conversation(id, project.id(), title, settings, by, now);
    ThreadRun run = new ThreadRun(id, now);
    conversations.add(conversation);
    runs.add(run);
    conversations.flush();
    audit.ofThread(AuditAction.THREAD_CREATED, id, by, null, List.of());
    feed.tell(id, by, new ThreadChange.Created(by, now), conversation.told(), run.told());
    log.atInfo()
        .addKeyValue("thread", id)
        .addKeyValue("project", project.id())
        .addKeyValue("by", by)
        .log("thread created");
    return ThreadView.of(conversation, run, project, feed.version(id));
  }

  @Transactional
  ThreadView change(ThreadId id, ObjectNode body, @Nullable String ifMatch, String by) {
    MergePatch patch = new MergePatch(body, ThreadPatch.FIELDS);
    // Only archiving concerns the run; a rename never waits for one.
    ThreadRun run = patch.has("archived") ? runs.lock(id) : null;
    Conversation conversation = conversations.lock(id);
    requireVersion(conversation, ifMatch);
    long before = conversation.version();
    RunFeed moved = run == null ? null : RunFeed.from(run);
    Instant now = now();
    TurnSettings settings = merge(conversation.settings(), patch);
    if (patch.has("title")) {
      conversation.rename(
          Title.chosen(patch.requiredText("title", conversation.title().text())), now);
    }
    conversation.prepare(settings, now);
    conversation.pin(patch.flag("pinned", conversation.isPinned()), now);
    boolean wasArchived = conversation.isArchived();
    conversation.archive(patch.flag("archived", wasArchived), now);
    if (run != null && conversation.isArchived() && !wasArchived) {
      control.stop(run, by, "thread archived", now);
    }
    conversations.flush();
    if (conversation.version() != before) {
      log.atInfo()
          .addKeyValue("thread", id)
          .addKeyValue("version", conversation.version())
          .addKeyValue("fields", String.join(",", body.propertyNames()))
          .addKeyValue("by", by)
          .log("thread changed");
      audit(conversation, body, wasArchived, by);
    }
    if (run != null && wasArchived && !conversation.isArchived()) {
      queue.lifted(run, HoldCause.ARCHIVED);
      conversations.flush();
    }
    List<ThreadChange> changes = new ArrayList<>();
    if (conversation.version() != before) {
      changes.add(conversation.told());
    }
    if (moved != null) {
      changes.addAll(moved.changes());
    }
    feed.tell(id, by, changes);
    return view(conversation);
  }

  @Transactional
  void delete(ThreadId id, @Nullable String ifMatch, String by) {
    ThreadRun run = runs.lock(id);
    if (run == null) {
      throw Conversations.unknown(id);
    }
    Conversation conversation = conversations.lock(id);
    requireVersion(conversation, ifMatch);
    if (run.status().isBusy()) {
      throw new ProblemException(
              ThreadError.THREAD_BUSY,
              "the thread is "
                  + run.status().wire()
                  + "; cancel its run, or archive it, and delete it when it is idle")
          .with("status", run.status().wire());
    }
    audit.ofThread(AuditAction.THREAD_DELETED, id, by, null, List.of());
    feed.tell(id, by, new ThreadChange.Deleted());
    runs.remove(run);
    conversations.flush();
    conversations.remove(conversation);
    conversations.flush();
    log.atInfo().addKeyValue("thread", id).addKeyValue("by", by).log("thread deleted");
  }

  private void audit(Conversation conversation, ObjectNode body, boolean wasArchived, String by) {
    boolean archived = conversation.isArchived();
    if (archived != wasArchived) {
      audit.ofThread(
          archived ? AuditAction.THREAD_ARCHIVED : AuditAction.THREAD_UNARCHIVED,
          conversation.id(),
          by,
          null,
          List.of());
    }
    List<String> others =
        body.propertyNames().stream().filter(field -> !field.equals("archived")).sorted().toList();
    if (!others.isEmpty()) {
      audit.ofThread(AuditAction.THREAD_CHANGED, conversation.id(), by, null, others);
    }
  }

  /** Of a conversation that the caller has locked. */
  private ThreadView view(Conversation conversation) {
    return view(conversation, feed.version(conversation.id()));
  }

  private ThreadView view(Conversation conversation, long version) {
    ThreadRun run = runs.find(conversation.id());
    if (run == null) {
      throw Conversations.unknown(conversation.id());
    }
    return ThreadView.of(
        conversation,
        run,
        projects.byId(conversation.project()),
        version,
        engines.find(conversation.id(), conversation.settings().engine()).orElse(null));
  }

  private static TurnSettings merge(TurnSettings current, MergePatch patch) {
    MergePatch placement = patch.object("placement", ThreadPatch.Placement.FIELDS);
    String engine = patch.text("engine", current.engine());
    // What was said for another engine means nothing to the new one.
    SettingsInput kept =
        new SettingsInput(engine, null, null, null, null, null, null, null).over(current);
    return new SettingsInput(
            engine,
            patch.text("model", kept.model()),
            patch.text("mode", kept.mode()),
            patch.text("effort", kept.effort()),
            patch.texts("command", kept.command() == null ? List.of() : kept.command()),
            placement == null ? current.pool() : placement.text("pool", current.pool()),
            placement == null ? current.machine() : placement.text("machine", current.machine()),
            placement == null ? current.labels() : placement.map("labels", current.labels()))
        .checked();
  }

  private void requireVersion(Conversation conversation, @Nullable String ifMatch) {
    if (!Etag.matches(ifMatch, conversation.version())) {
      throw new ProblemException(
              ThreadError.STALE_VERSION,
              "the thread is at version " + conversation.version() + "; look at it and try again")
          .with("current", view(conversation));
    }
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
