package dev.heddle.thread.search;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.Role;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.Cursor;
import dev.heddle.rest.Page;
import dev.heddle.rest.ProblemException;
import dev.heddle.rest.RestError;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Titles and messages by their words, the newest first. A page begins after the place of the last
 * hit of the page before; messages and the making of threads never move, so that a page repeats and
 * omits nothing, and what is said meanwhile is on none of the later pages.
 */
@Repository
class Search {

  /** Where a hit stands in the order; the id of its message, or of its thread. */
  record Place(Instant at, UUID id) {

    String cursor() {
      return Cursor.encode(at, id);
    }

    static Place of(String cursor) {
      List<String> parts = Cursor.decode(cursor, 2);
      try {
        return new Place(Instant.parse(parts.get(0)), Ids.parse(parts.get(1)));
      } catch (DateTimeException | IllegalArgumentException foreign) {
        throw new ProblemException(
            RestError.BAD_CURSOR, "The cursor is of another list; begin again without one.");
      }
    }
  }

  /** A statement with its values. */
  record Query(String sql, Map<String, Object> values) {}

  private record Found(Place place, SearchHit hit) {}

  private final JdbcClient jdbc;

  Search(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Page<SearchHit> page(
      SearchWords words, @Nullable ProjectId project, @Nullable String cursor, int limit) {
    if (words.isEmpty()) {
      return new Page<>(List.of(), null);
    }
    Query query = query(words, project, cursor == null ? null : Place.of(cursor), limit + 1);
    List<Found> found =
        jdbc.sql(query.sql()).params(query.values()).query((row, _) -> found(row, words)).list();
    List<Found> shown = found.subList(0, Math.min(limit, found.size()));
    String next = found.size() > limit ? shown.getLast().place().cursor() : null;
    return new Page<>(shown.stream().map(Found::hit).toList(), next);
  }

  /**
   * Each half finds its own newest hits, so that PostgreSQL can choose, by how common the words
   * are, between the index of words and that of time.
   */
  static Query query(
      SearchWords words, @Nullable ProjectId project, @Nullable Place after, int count) {
    Map<String, Object> values = new HashMap<>();
    values.put("words", words.tsquery());
    values.put("count", count);
    String messages = "";
    String titles = "";
    if (after != null) {
      messages += " and (m.created_at, m.id) < (:at, :id)";
      titles += " and (t.created_at, t.id) < (:at, :id)";
      values.put("at", OffsetDateTime.ofInstant(after.at(), ZoneOffset.UTC));
      values.put("id", after.id());
    }
    if (project != null) {
      messages += " and t.project_id = :project";
      titles += " and t.project_id = :project";
      values.put("project", project.value());
    }
    return new Query(
        """
        select h.*, t.title, t.archived, t.project_id, p.name as project
        from (
          (select m.id as id, m.created_at as at, m.thread_id as thread_id,
             m.id as message_id, m.ordinal as ordinal, m.role as role,
             m.session_id as session_id, left(m.text, 65536) as text
           from message m join thread t on t.id = m.thread_id
           where m.words @@ to_tsquery('simple', :words)%s
           order by m.created_at desc, m.id desc limit :count)
          union all
          (select t.id, t.created_at, t.id, null, null, null, null, t.title
           from thread t
           where t.title_words @@ to_tsquery('simple', :words)%s
           order by t.created_at desc, t.id desc limit :count)
        ) h
        join thread t on t.id = h.thread_id
        join project p on p.id = t.project_id
        order by h.at desc, h.id desc limit :count
        """
            .formatted(messages, titles),
        values);
  }

  private static Found found(ResultSet row, SearchWords words) throws SQLException {
    Instant at = row.getObject("at", OffsetDateTime.class).toInstant();
    UUID message = row.getObject("message_id", UUID.class);
    UUID session = row.getObject("session_id", UUID.class);
    String role = row.getString("role");
    return new Found(
        new Place(at, row.getObject("id", UUID.class)),
        new SearchHit(
            new ThreadId(row.getObject("thread_id", UUID.class)),
            row.getString("title"),
            new ProjectId(row.getObject("project_id", UUID.class)),
            row.getString("project"),
            row.getBoolean("archived"),
            message == null ? null : new MessageId(message),
            row.getObject("ordinal", Integer.class),
            role == null ? null : Role.valueOf(role),
            session == null ? null : new SessionId(session),
            at,
            Snippet.of(row.getString("text"), words)));
  }
}
