package dev.heddle.thread.project;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.ProjectId;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The stored projects. */
@Repository
public class Projects {

  private final EntityManager entities;
  private final JdbcClient jdbc;

  Projects(EntityManager entities, JdbcClient jdbc) {
    this.entities = entities;
    this.jdbc = jdbc;
  }

  /**
   * The project that an id or a name, in any case, addresses.
   *
   * @throws ProblemException {@code unknown_project}, also for a deleted one
   */
  public Project require(String idOrName) {
    return find(idOrName)
        .orElseThrow(() ->
            new ProblemException(
                    ThreadError.UNKNOWN_PROJECT,
                    "no project has this id or name; GET /api/projects lists them")
                .with("project", idOrName));
  }

  /** Also finds a deleted one, whose threads stay readable. */
  public Project byId(ProjectId id) {
    Project project = entities.find(Project.class, id.value());
    if (project == null) {
      throw new IllegalStateException("thread of a project that never was: " + id);
    }
    return project;
  }

  /** Also finds deleted ones. */
  public List<Project> byIds(Collection<UUID> ids) {
    return entities
        .createQuery("select p from Project p where p.id in :ids", Project.class)
        .setParameter("ids", ids)
        .getResultList();
  }

  /**
   * Keeps a project from being deleted until the caller's transaction ends.
   *
   * @throws ProblemException {@code project_deleted}
   */
  public void hold(Project project) {
    // FOR KEY SHARE lets any number of dispatches and changes pass, and stops only the deletion.
    boolean alive =
        jdbc.sql("select deleted_at is null from project where id = ? for key share")
            .param(project.id().value())
            .query(Boolean.class)
            .single();
    if (!alive) {
      throw new ProblemException(
          ThreadError.PROJECT_DELETED,
          "project " + project.name() + " was deleted; its threads can only be read");
    }
  }

  Optional<Project> find(String idOrName) {
    if (ProjectSettings.isId(idOrName)) {
      return Optional.ofNullable(entities.find(Project.class, Ids.parse(idOrName)))
          .filter(project -> !project.isDeleted());
    }
    return entities
        .createQuery(
            "select p from Project p where lower(p.name) = :name and p.deletedAt is null",
            Project.class)
        .setParameter("name", idOrName.toLowerCase(Locale.ROOT))
        .getResultList()
        .stream()
        .findFirst();
  }

  /** Reads the project again and keeps others from changing it. */
  void lock(Project project) {
    entities.refresh(project, LockModeType.PESSIMISTIC_WRITE);
  }

  /** As {@link #lock}, and waits for those that {@link #hold} it. */
  void lockForDeletion(Project project) {
    // Hibernate's own lock is FOR NO KEY UPDATE, which a FOR KEY SHARE of a dispatch passes by.
    jdbc.sql("select 1 from project where id = ? for update")
        .param(project.id().value())
        .query(Integer.class)
        .single();
    entities.refresh(project);
  }

  void add(Project project) {
    entities.persist(project);
  }

  void flush() {
    entities.flush();
  }

  /** Those after a name, which is null at the start, in the order of names. */
  List<Project> page(@Nullable String after, int count) {
    return entities
        .createQuery(
            "select p from Project p where p.deletedAt is null and lower(p.name) > :after"
                + " order by lower(p.name)",
            Project.class)
        .setParameter("after", after == null ? "" : after)
        .setMaxResults(count)
        .getResultList();
  }

  /** How many runs of a project are not over. */
  long unfinishedRuns(Project project) {
    return jdbc.sql(
            """
            select count(*) from thread t join thread_run r on r.thread_id = t.id
            where t.project_id = ? and r.status <> 'IDLE'
            """)
        .param(project.id().value())
        .query(Long.class)
        .single();
  }
}
