package dev.heddle.thread.budget;

import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.usage.Spent;
import dev.heddle.thread.usage.Usages;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Whether a thread may begin a turn: its own budget, those of the threads that it works for, which
 * count all that was delegated, and that of its project. Budgets are read as they are stored, so
 * that whoever changes one flushes first. A run that has begun is never ended for one.
 */
@Repository
public class Budgets {

  /**
   * A budget that counts for a thread.
   *
   * @param project its name; null where it is that of a thread
   */
  private record Cap(UUID id, @Nullable String project, Budget budget) {

    static Cap of(ResultSet row) throws SQLException {
      return new Cap(
          row.getObject("id", UUID.class),
          row.getString("name"),
          new Budget(
              row.getObject("budget_tokens", Long.class),
              row.getObject("budget_cost", Double.class)));
    }
  }

  private final JdbcClient jdbc;
  private final Usages usages;

  Budgets(JdbcClient jdbc, Usages usages) {
    this.jdbc = jdbc;
    this.usages = usages;
  }

  /**
   * Lets pass what may begin.
   *
   * @throws ProblemException {@code budget_reached}
   */
  public void require(ThreadId thread, ProjectId project) {
    String reached = reached(thread, project);
    if (reached != null) {
      throw refused(reached);
    }
  }

  /** The refusal of a turn that a budget holds. */
  public static ProblemException refused(String reached) {
    return new ProblemException(ThreadError.BUDGET_REACHED, reached);
  }

  /** Which budget is spent, for people; null where none is. */
  public @Nullable String reached(ThreadId thread, ProjectId project) {
    for (Cap cap : capsOf(thread, project)) {
      Spent spent =
          cap.project() == null
              ? usages.ofTree(new ThreadId(cap.id()))
              : usages.ofProject(new ProjectId(cap.id()));
      String reached = cap.budget().reachedBy(spent);
      if (reached != null) {
        return "the budget of %s is spent, %s; raise it or clear it"
            .formatted(nameOf(cap, thread), reached);
      }
    }
    return null;
  }

  /** As {@link #reached(ThreadId, ProjectId)}, of a thread that is stored. */
  public @Nullable String reached(ThreadId thread) {
    return jdbc.sql("select project_id from thread where id = ?")
        .param(thread.value())
        .query(UUID.class)
        .optional()
        .map(project -> reached(thread, new ProjectId(project)))
        .orElse(null);
  }

  private static String nameOf(Cap cap, ThreadId thread) {
    if (cap.project() != null) {
      return "the project " + cap.project();
    }
    return cap.id().equals(thread.value())
        ? "the thread"
        : "the thread " + cap.id() + ", for which this one works,";
  }

  private List<Cap> capsOf(ThreadId thread, ProjectId project) {
    return jdbc.sql(
            """
            with recursive line (id, distance) as (
              select cast(:thread as uuid), 0
              union all
              select d.parent_id, line.distance + 1 from line
              join delegation d on d.child_id = line.id
            ),
            caps as (
              select t.id, null as name, t.budget_tokens, t.budget_cost, line.distance
              from line join thread t on t.id = line.id
              union all
              select p.id, p.name, p.budget_tokens, p.budget_cost, 1000000
              from project p where p.id = :project
            )
            select id, name, budget_tokens, budget_cost from caps
            where budget_tokens is not null or budget_cost is not null
            order by distance
            """)
        .param("thread", thread.value())
        .param("project", project.value())
        .query((row, _) -> Cap.of(row))
        .list();
  }
}
