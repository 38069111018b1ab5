package dev.heddle.thread.api;

import dev.heddle.contracts.Ids;
import dev.heddle.rest.Cursor;
import dev.heddle.rest.Page;
import dev.heddle.rest.ProblemException;
import dev.heddle.rest.RestError;
import dev.heddle.thread.conversation.Conversation;
import dev.heddle.thread.conversation.Conversations;
import dev.heddle.thread.feed.ThreadFeed;
import dev.heddle.thread.project.Project;
import dev.heddle.thread.project.Projects;
import dev.heddle.thread.run.Runs;
import dev.heddle.thread.run.ThreadRun;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Pages of threads, pinned ones first, then by newest activity. A page begins after the place of
 * the last thread of the page before, not after a count: so a thread that does not change shows
 * exactly once, whatever the others do, and one that moves to the top is found there.
 */
@Repository
class ThreadList {

  /** Where a thread stands in the order. */
  private record Place(boolean pinned, Instant activity, UUID id) {

    String cursor() {
      return Cursor.encode(pinned, activity, id);
    }

    static Place of(String cursor) {
      List<String> parts = Cursor.decode(cursor, 3);
      try {
        return new Place(
            Boolean.parseBoolean(parts.get(0)),
            Instant.parse(parts.get(1)),
            Ids.parse(parts.get(2)));
      } catch (DateTimeException | IllegalArgumentException foreign) {
        throw foreignCursor();
      }
    }
  }

  private final JdbcClient jdbc;
  private final Conversations conversations;
  private final Runs runs;
  private final Projects projects;
  private final ThreadFeed feed;

  ThreadList(
      JdbcClient jdbc, Conversations conversations, Runs runs, Projects projects, ThreadFeed feed) {
    this.jdbc = jdbc;
    this.conversations = conversations;
    this.runs = runs;
    this.projects = projects;
    this.feed = feed;
  }

  @Transactional(readOnly = true)
  public Page<ThreadView> page(ThreadFilter filter, @Nullable String cursor, int limit) {
    Place after = cursor == null ? null : Place.of(cursor);
    // The pinned are few and come first; each part by itself can follow an index.
    List<Place> places = new ArrayList<>();
    if (after == null || after.pinned()) {
      places.addAll(places(filter, true, after, limit + 1));
    }
    if (places.size() <= limit) {
      Place from = after == null || after.pinned() ? null : after;
      places.addAll(places(filter, false, from, limit + 1 - places.size()));
    }
    List<Place> shown = places.subList(0, Math.min(limit, places.size()));
    String next = places.size() > limit ? shown.getLast().cursor() : null;
    return new Page<>(views(shown.stream().map(Place::id).toList()), next);
  }

  /** A cursor that was made by another list. */
  static ProblemException foreignCursor() {
    return new ProblemException(
        RestError.BAD_CURSOR, "The cursor is of another list; begin again without one.");
  }

  private List<Place> places(
      ThreadFilter filter, boolean pinned, @Nullable Place after, int count) {
    StringBuilder sql =
        new StringBuilder(
            """
            select r.last_activity_at, r.thread_id from thread_run r
            join thread t on t.id = r.thread_id
            where t.pinned = :pinned
            """);
    Map<String, Object> values = new HashMap<>();
    values.put("pinned", pinned);
    if (after != null) {
      sql.append(" and (r.last_activity_at, r.thread_id) < (:activity, :id)");
      values.put("activity", OffsetDateTime.ofInstant(after.activity(), ZoneOffset.UTC));
      values.put("id", after.id());
    }
    if (filter.project() != null) {
      sql.append(" and t.project_id = :project");
      values.put("project", filter.project().value());
    }
    if (filter.status() != null) {
      sql.append(" and r.status = :status");
      values.put("status", filter.status().name());
    }
    if (filter.archived() != null) {
      sql.append(" and t.archived = :archived");
      values.put("archived", filter.archived());
    }
    if (filter.text() != null) {
      sql.append(" and t.title ilike :text");
      values.put("text", "%" + filter.text().replaceAll("([\\\\%_])", "\\\\$1") + "%");
    }
    sql.append(" order by r.last_activity_at desc, r.thread_id desc limit :count");
    values.put("count", count);
    return jdbc.sql(sql.toString())
        .params(values)
        .query((row, _) ->
            new Place(
                pinned,
                row.getObject(1, OffsetDateTime.class).toInstant(),
                row.getObject(2, UUID.class)))
        .list();
  }

  /** Loads what the page shows in four statements; a thread deleted meanwhile is left out. */
  private List<ThreadView> views(List<UUID> ids) {
    if (ids.isEmpty()) {
      return List.of();
    }
    Map<UUID, Long> versions = feed.versions(ids);
    Map<UUID, Conversation> stable =
        conversations.byIds(ids).stream()
            .collect(Collectors.toMap(c -> c.id().value(), Function.identity()));
    Map<UUID, ThreadRun> moving =
        runs.byIds(ids).stream()
            .collect(Collectors.toMap(r -> r.thread().value(), Function.identity()));
    Map<UUID, Project> owners =
        projects
            .byIds(stable.values().stream().map(c -> c.project().value()).distinct().toList())
            .stream()
            .collect(Collectors.toMap(p -> p.id().value(), Function.identity()));
    return ids.stream()
        .filter(id -> stable.containsKey(id) && moving.containsKey(id))
        .map(id -> {
          Conversation conversation = Objects.requireNonNull(stable.get(id));
          return ThreadView.of(
              conversation,
              Objects.requireNonNull(moving.get(id)),
              Objects.requireNonNull(owners.get(conversation.project().value())),
              versions.getOrDefault(id, 0L));
        })
        .toList();
  }
}
