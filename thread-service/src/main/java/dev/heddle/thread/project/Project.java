package dev.heddle.thread.project;

import dev.heddle.contracts.CheckpointId;
import dev.heddle.contracts.OnLost;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.ProjectChanged;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.ProjectRef;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.contracts.WorkspaceSpec.SharedCheckpoints;
import dev.heddle.thread.budget.Budget;
import jakarta.persistence.Column;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What threads belong to. */
@Entity
@Table(name = "project")
public class Project {

  @Id private UUID id;

  // Consumers take 0 for "none seen yet".
  @Version
  @Column(nullable = false)
  private long version = 1;

  @Column(nullable = false)
  private String name;

  @Column private @Nullable String repository;
  @Column private @Nullable String baseBranch;
  @Column private @Nullable String localPath;
  @Column private @Nullable String setup;
  @Column private @Nullable Integer maxSessions;
  @Column private @Nullable Integer machineWaitSeconds;
  @Embedded @Column private @Nullable Budget budget;

  @Column(nullable = false)
  private boolean pushCheckpoints;

  @Enumerated(EnumType.STRING)
  @Column(nullable = false)
  private OnLost onLost;

  @Enumerated(EnumType.STRING)
  @Column
  private @Nullable PermissionPosture permission;

  @Column(nullable = false)
  private String createdBy;

  @Column(nullable = false)
  private Instant createdAt;

  @Column(nullable = false)
  private Instant updatedAt;

  @Column private @Nullable Instant deletedAt;

  /** For Hibernate, which fills the fields itself. */
  protected Project() {}

  Project(ProjectId id, ProjectSettings settings, String createdBy, Instant now) {
    this.id = id.value();
    this.createdBy = createdBy;
    this.createdAt = now;
    this.name = settings.name();
    this.onLost = settings.onLost();
    this.updatedAt = now;
    change(settings, now);
  }

  final void change(ProjectSettings settings, Instant now) {
    RepositoryAddress address = settings.repository();
    name = settings.name();
    repository = address == null ? null : address.value();
    baseBranch = settings.baseBranch();
    localPath = settings.localPath();
    setup = settings.setup();
    maxSessions = settings.maxSessions();
    onLost = settings.onLost();
    machineWaitSeconds = settings.machineWaitSeconds();
    permission = settings.permission();
    budget = settings.budget();
    pushCheckpoints = settings.pushCheckpoints();
    updatedAt = now;
  }

  void delete(Instant now) {
    deletedAt = now;
    updatedAt = now;
  }

  public ProjectId id() {
    return new ProjectId(id);
  }

  public String name() {
    return name;
  }

  /** What engines of its threads may do without asking; null where nobody said. */
  public @Nullable PermissionPosture permission() {
    return permission;
  }

  /** For how long its threads wait for the machines that have their state. */
  public Duration machineWait() {
    return machineWaitSeconds == null
        ? ProjectSettings.DEFAULT_MACHINE_WAIT
        : Duration.ofSeconds(machineWaitSeconds);
  }

  public boolean isDeleted() {
    return deletedAt != null;
  }

  public ProjectRef ref() {
    return new ProjectRef(id(), name);
  }

  /**
   * Where a run of one of its threads works.
   *
   * @param branch gives the thread's branch; asked only where its threads have worktrees
   * @param last the checkpoint that the thread's files are those of; null where it has none
   */
  public WorkspaceSpec workspace(Supplier<String> branch, @Nullable CheckpointId last) {
    if (localPath != null) {
      return new WorkspaceSpec.LocalCheckout(localPath);
    }
    if (repository != null) {
      return new WorkspaceSpec.Worktree(
          repository,
          baseBranch,
          branch.get(),
          setup,
          pushCheckpoints ? new SharedCheckpoints(last) : null);
    }
    return new WorkspaceSpec.Scratch();
  }

  long version() {
    return version;
  }

  ProjectSettings settings() {
    return new ProjectSettings(
        name,
        repository == null ? null : new RepositoryAddress(repository),
        baseBranch,
        localPath,
        setup,
        maxSessions,
        onLost,
        machineWaitSeconds,
        permission,
        budget,
        pushCheckpoints);
  }

  ProjectChanged changed() {
    return new ProjectChanged(
        id(),
        version,
        name,
        repository,
        baseBranch,
        localPath,
        maxSessions,
        onLost,
        isDeleted(),
        updatedAt,
        permission);
  }

  ProjectView view() {
    ProjectSettings settings = settings();
    RepositoryAddress address = settings.repository();
    return new ProjectView(
        id(),
        name,
        address == null ? null : address.masked(),
        baseBranch,
        localPath,
        setup,
        maxSessions,
        onLost,
        machineWaitSeconds,
        permission,
        budget,
        pushCheckpoints,
        version,
        createdBy,
        createdAt,
        updatedAt);
  }
}
