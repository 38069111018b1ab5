package dev.heddle.thread.project;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Outbox;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.Etag;
import dev.heddle.thread.MergePatch;
import dev.heddle.thread.Permissions;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.audit.Audit;
import dev.heddle.thread.audit.AuditAction;
import dev.heddle.thread.budget.Budget;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.node.ObjectNode;

/** Changes of projects, each with its announcement in one transaction. */
@Component
class ProjectCommands {

  private static final Logger log = LoggerFactory.getLogger(ProjectCommands.class);

  private final Projects projects;
  private final Outbox outbox;
  private final Audit audit;
  private final Clock clock;
  private final Ids ids;
  private final ApplicationEventPublisher signals;

  ProjectCommands(
      Projects projects,
      Outbox outbox,
      Audit audit,
      Clock clock,
      Ids ids,
      ApplicationEventPublisher signals) {
    this.projects = projects;
    this.outbox = outbox;
    this.audit = audit;
    this.clock = clock;
    this.ids = ids;
    this.signals = signals;
  }

  @Transactional
  ProjectView create(ProjectSettings settings, String by) {
    if (projects.find(settings.name()).isPresent()) {
      throw taken(settings.name());
    }
    Project project = new Project(new ProjectId(ids.next()), settings, by, now());
    projects.add(project);
    announce(project, AuditAction.PROJECT_CREATED, List.of(), by);
    audit.permission(project.id(), null, null, settings.permission(), by);
    return project.view();
  }

  @Transactional
  ProjectView change(String idOrName, ObjectNode body, @Nullable String ifMatch, String by) {
    MergePatch patch = new MergePatch(body, ProjectPatch.FIELDS);
    Project project = projects.require(idOrName);
    projects.lock(project);
    requireAlive(project);
    requireVersion(project, ifMatch);
    ProjectSettings current = project.settings();
    ProjectSettings wanted = merge(current, patch);
    if (!wanted.equals(current)) {
      project.change(wanted, now());
      announce(
          project,
          AuditAction.PROJECT_CHANGED,
          body.propertyNames().stream().sorted().toList(),
          by);
      audit.permission(project.id(), null, current.permission(), wanted.permission(), by);
      if (!Objects.equals(wanted.budget(), current.budget())) {
        signals.publishEvent(new ProjectBudgetChanged(project.id(), by));
      }
    }
    return project.view();
  }

  @Transactional
  void delete(String idOrName, @Nullable String ifMatch, String by) {
    Project project = projects.require(idOrName);
    projects.lockForDeletion(project);
    requireAlive(project);
    requireVersion(project, ifMatch);
    long unfinished = projects.unfinishedRuns(project);
    if (unfinished > 0) {
      throw new ProblemException(
              ThreadError.PROJECT_BUSY,
              "project " + project.name() + " has unfinished runs; cancel them or wait")
          .with("unfinishedRuns", unfinished);
    }
    project.delete(now());
    announce(project, AuditAction.PROJECT_DELETED, List.of(), by);
  }

  private void announce(Project project, AuditAction action, Collection<String> fields, String by) {
    try {
      projects.flush();
    } catch (DataIntegrityViolationException lostRace) {
      // The name's index is the only one that two requests can run into at once.
      throw taken(project.name());
    }
    audit.ofProject(action, project.id(), by, fields);
    outbox.send(Topics.PROJECT_CHANGED, project.id().toString(), project.changed());
    log.atInfo()
        .addKeyValue("project", project.id())
        .addKeyValue("name", project.name())
        .addKeyValue("version", project.version())
        .addKeyValue("by", by)
        .log(action.wire().replace('.', ' '));
  }

  private static ProjectSettings merge(ProjectSettings current, MergePatch patch) {
    return new ProjectSettings(
        patch.requiredText("name", current.name()),
        repository(current.repository(), patch),
        patch.text("baseBranch", current.baseBranch()),
        patch.text("localPath", current.localPath()),
        patch.text("setup", current.setup()),
        patch.number("maxSessions", current.maxSessions()),
        ProjectSettings.onLost(patch.text("onLost", current.onLost().wire())),
        patch.number("machineWaitSeconds", current.machineWaitSeconds()),
        Permissions.of(patch.text("permission", Permissions.text(current.permission()))),
        Budget.patched(current.budget(), patch),
        !patch.resets("pushCheckpoints")
            && patch.flag("pushCheckpoints", current.pushCheckpoints()));
  }

  private static @Nullable RepositoryAddress repository(
      @Nullable RepositoryAddress current, MergePatch patch) {
    String wanted = patch.text("repository", current == null ? null : current.value());
    // A client that sends back what it was shown has not changed the credentials.
    if (current != null && current.masked().equals(wanted)) {
      return current;
    }
    return wanted == null ? null : new RepositoryAddress(wanted);
  }

  private static void requireVersion(Project project, @Nullable String ifMatch) {
    if (!Etag.matches(ifMatch, project.version())) {
      throw new ProblemException(
              ThreadError.STALE_VERSION,
              "the project is at version " + project.version() + "; look at it and try again")
          .with("current", project.view());
    }
  }

  private static void requireAlive(Project project) {
    if (project.isDeleted()) {
      throw new ProblemException(ThreadError.PROJECT_DELETED, "the project was just deleted");
    }
  }

  private static ProblemException taken(String name) {
    return new ProblemException(
        ThreadError.PROJECT_NAME_TAKEN,
        "a project is named " + name + " already, in whatever case");
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
