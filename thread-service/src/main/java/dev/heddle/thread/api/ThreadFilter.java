package dev.heddle.thread.api;

import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.Choice;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.run.RunStatus;
import dev.heddle.thread.search.SearchWords;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which threads a list shows; null lets all pass.
 *
 * @param engine of the next turn
 * @param machine where the active or last run works
 * @param words in the title, or together in a message
 * @param parent that they work for, directly
 * @param hidden whether it shows also those that work for another and are hidden
 */
record ThreadFilter(
    @Nullable ProjectId project,
    @Nullable RunStatus status,
    @Nullable String engine,
    @Nullable String machine,
    @Nullable Boolean archived,
    @Nullable Boolean pinned,
    @Nullable SearchWords words,
    @Nullable ThreadId parent,
    boolean hidden) {

  static @Nullable RunStatus status(@Nullable String text) {
    return Choice.of("status", text, RunStatus.class, RunStatus::wire, ThreadError.INVALID_CHOICE);
  }

  /** A choice of which nothing is said counts as {@code otherwise}. */
  static @Nullable Boolean flag(String name, @Nullable String text, @Nullable Boolean otherwise) {
    return switch (text) {
      case null -> otherwise;
      case "false" -> Boolean.FALSE;
      case "true" -> Boolean.TRUE;
      case "any" -> null;
      default ->
          throw new ProblemException(
              ThreadError.INVALID_CHOICE, name + " must be true, false or any");
    };
  }

  /**
   * Appends what must be so of a thread {@code t} and its run {@code r}, except for the pin.
   *
   * @param common whether the words are looked for in one thread after the other, since many say
   *     them; else their index finds the threads
   */
  void restrict(StringBuilder sql, Map<String, Object> values, boolean common) {
    if (project != null) {
      sql.append(" and t.project_id = :project");
      values.put("project", project.value());
    }
    if (status != null) {
      // In the text, since a partial index knows no parameters.
      sql.append(" and r.status = '").append(status.name()).append('\'');
    }
    if (engine != null) {
      sql.append(" and t.engine = :engine");
      values.put("engine", engine);
    }
    if (machine != null) {
      sql.append(" and r.machine = :machine");
      values.put("machine", machine);
    }
    if (archived != null) {
      sql.append(" and t.archived = :archived");
      values.put("archived", archived);
    }
    if (parent != null) {
      sql.append(" and t.id in (select child_id from delegation where parent_id = :parent)");
      values.put("parent", parent.value());
    } else if (!hidden) {
      sql.append(" and not t.hidden");
    }
    if (words != null) {
      sql.append(
          common
              // A value, not an `exists`: that PostgreSQL would rather answer for all threads
              // first.
              ? """
               and (t.title_words @@ to_tsquery('simple', :words) or (
                select true from message m
                where m.thread_id = t.id and m.words @@ to_tsquery('simple', :words) limit 1))
              """
              : """
               and t.id in (
                select w.id from thread w where w.title_words @@ to_tsquery('simple', :words)
                union all
                select m.thread_id from message m where m.words @@ to_tsquery('simple', :words))
              """);
      values.put("words", words.tsquery());
    }
  }
}
