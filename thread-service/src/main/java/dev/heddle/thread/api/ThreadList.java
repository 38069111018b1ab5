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
import dev.heddle.thread.search.SearchWords;
import dev.heddle.thread.search.WordFrequency;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
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
 * Pages of threads, pinned ones first. A page begins after the place of the last thread of the page
 * before, not after a count: so a thread that keeps its place in the order shows exactly once,
 * whatever the others do. One that moves (by activity, by another title, by its pin) shows where it
 * then stands, if the pages still come there: in the order of activity it is found at the top.
 */
@Repository
class ThreadList {

  /**
   * Where a thread stands in an order.
   *
   * @param key what it is ordered by, as text
   */
  record Place(ThreadSort sort, boolean pinned, String key, UUID id) {

    String cursor() {
      return Cursor.encode(sort.wire(), pinned, key, id);
    }

    static Place of(String cursor, ThreadSort sort) {
      List<String> parts = Cursor.decode(cursor, 4);
      try {
        if (!parts.get(0).equals(sort.wire())) {
          throw foreignCursor();
        }
        Place place =
            new Place(
                sort, Boolean.parseBoolean(parts.get(1)), parts.get(2), Ids.parse(parts.get(3)));
        sort.keyOf(place.key());
        return place;
      } catch (DateTimeException | IllegalArgumentException foreign) {
        throw foreignCursor();
      }
    }
  }

  /** A statement with its values. */
  record Query(String sql, Map<String, Object> values) {}

  private final JdbcClient jdbc;
  private final Conversations conversations;
  private final Runs runs;
  private final Projects projects;
  private final ThreadFeed feed;
  private final BesideThreads besides;
  private final WordFrequency frequency;

  ThreadList(
      JdbcClient jdbc,
      Conversations conversations,
      Runs runs,
      Projects projects,
      ThreadFeed feed,
      BesideThreads besides,
      WordFrequency frequency) {
    this.jdbc = jdbc;
    this.conversations = conversations;
    this.runs = runs;
    this.projects = projects;
    this.feed = feed;
    this.besides = besides;
    this.frequency = frequency;
  }

  @Transactional(readOnly = true)
  public Page<ThreadView> page(
      ThreadFilter filter, ThreadSort sort, @Nullable String cursor, int limit) {
    Place after = cursor == null ? null : Place.of(cursor, sort);
    SearchWords words = filter.words();
    if (words != null && words.isEmpty()) {
      return new Page<>(List.of(), null);
    }
    boolean common = words != null && frequency.areCommon(words, limit + 1);
    // The pinned are few and come first; each part by itself can follow an index.
    List<Place> places = new ArrayList<>();
    for (boolean pinned : new boolean[] {true, false}) {
      boolean wanted = filter.pinned() == null || filter.pinned() == pinned;
      boolean passed = after != null && pinned && !after.pinned();
      if (wanted && !passed && places.size() <= limit) {
        Place from = after != null && after.pinned() == pinned ? after : null;
        places.addAll(places(filter, sort, pinned, from, limit + 1 - places.size(), common));
      }
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
      ThreadFilter filter,
      ThreadSort sort,
      boolean pinned,
      @Nullable Place after,
      int count,
      boolean common) {
    Query query = query(filter, sort, pinned, after, count, common);
    return jdbc.sql(query.sql())
        .params(query.values())
        .query((row, _) ->
            new Place(
                sort,
                pinned,
                sort.textOf(
                    sort == ThreadSort.TITLE
                        ? row.getString(1)
                        : row.getObject(1, OffsetDateTime.class)),
                row.getObject(2, UUID.class)))
        .list();
  }

  static Query query(
      ThreadFilter filter,
      ThreadSort sort,
      boolean pinned,
      @Nullable Place after,
      int count,
      boolean common) {
    StringBuilder sql =
        new StringBuilder(
            (pinned
                    // The runs of the few are looked up one by one, which the limit makes sure of.
                    ? """
                    select %s, t.id from thread t cross join lateral (
                      select * from thread_run where thread_id = t.id limit 1) r
                    where t.pinned
                    """
                    : """
                    select %s, t.id from thread_run r join thread t on t.id = r.thread_id
                    where not t.pinned
                    """)
                .formatted(sort.key()));
    Map<String, Object> values = new HashMap<>();
    if (after != null) {
      sql.append(" and ").append(sort.after());
      values.put("key", sort.keyOf(after.key()));
      values.put("id", after.id());
    }
    filter.restrict(sql, values, common);
    sql.append(" order by ").append(sort.orderBy()).append(" limit :count");
    values.put("count", count);
    return new Query(sql.toString(), values);
  }

  /** Loads what the page shows in few statements; a thread deleted meanwhile is left out. */
  private List<ThreadView> views(List<UUID> ids) {
    if (ids.isEmpty()) {
      return List.of();
    }
    Map<UUID, Long> versions = feed.versions(ids);
    Map<UUID, ThreadView.Beside> beside = besides.of(ids);
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
              versions.getOrDefault(id, 0L),
              beside.getOrDefault(id, ThreadView.Beside.NOTHING));
        })
        .toList();
  }
}
