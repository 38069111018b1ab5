package dev.heddle.trace.timeline;

import dev.heddle.messaging.Json;
import dev.heddle.trace.log.Entry.AttemptId;
import dev.heddle.trace.sql.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcOperations;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Transcript items in PostgreSQL. */
final class ItemStore {

  private static final JsonMapper MAPPER = new JsonMapper();
  private static final TypeReference<Map<String, Object>> DETAILS = new TypeReference<>() {};

  private final JdbcOperations jdbc;

  ItemStore(JdbcOperations jdbc) {
    this.jdbc = jdbc;
  }

  /** The open items of these sessions, and the items with these keys. */
  Collection<Item> load(Set<UUID> sessions, Set<Item.Key> keys) {
    var wanted = new Rows("uuid");
    sessions.forEach(wanted::add);
    List<Item> found =
        new ArrayList<>(
            wanted.query(
                jdbc, SELECT + "where i.open and i.session_id = any(:rows)", ItemStore::item));
    if (!keys.isEmpty()) {
      var named = new Rows("uuid", "text");
      keys.forEach(key -> named.add(key.timeline(), key.id()));
      for (Item item :
          named.query(
              jdbc,
              SELECT
                  + "join unnest(:rows) as u(timeline, id) on i.timeline = u.timeline and i.id = u.id",
              ItemStore::item)) {
        boolean known = item.open && sessions.contains(item.attempt.sessionId());
        if (!known) {
          found.add(item);
        }
      }
    }
    return found;
  }

  private static final String SELECT =
      """
      select i.timeline, i.position, i.id, i.session_id, i.attempt, i.kind, i.open, i.at, i.role,
          i.status, i.text, i.text_chars, i.details from transcript_item i
      """;

  void save(Collection<Item> items) {
    var gone = new Rows("uuid", "bigint");
    var unpieced = new Rows("uuid", "bigint");
    var kept =
        new Rows(
            "uuid",
            "bigint",
            "text",
            "uuid",
            "int",
            "text",
            "bool",
            "timestamptz",
            "text",
            "text",
            "text",
            "int",
            "text");
    var pieces = new Rows("uuid", "bigint", "bigint", "text");
    for (Item item : items) {
      UUID timeline = item.key.timeline();
      if (item.isDeleted()) {
        gone.add(timeline, item.position);
        continue;
      }
      kept.add(
          timeline,
          item.position,
          item.key.id(),
          item.attempt.sessionId(),
          item.attempt.attempt(),
          item.kind.wire(),
          item.open,
          item.at,
          item.role,
          item.status,
          item.settled(),
          item.chars(),
          Json.string(item.details));
      if (item.dropsPieces()) {
        unpieced.add(timeline, item.position);
      }
      if (!item.appended().isEmpty()) {
        pieces.add(timeline, item.position, item.appendedAt(), item.appended());
      }
    }
    if (!gone.isEmpty()) {
      gone.update(
          jdbc,
          "delete from transcript_item i using unnest(:rows) as u(timeline, position) where i.timeline = u.timeline and i.position = u.position");
    }
    if (!kept.isEmpty()) {
      kept.update(jdbc, SAVE);
    }
    if (!unpieced.isEmpty()) {
      unpieced.update(
          jdbc,
          "delete from transcript_text t using unnest(:rows) as u(timeline, position) where t.timeline = u.timeline and t.item_position = u.position");
    }
    if (!pieces.isEmpty()) {
      pieces.update(
          jdbc,
          "insert into transcript_text (timeline, item_position, position, text) select * from unnest(:rows)");
    }
  }

  private static final String SAVE =
      """
      insert into transcript_item as i (timeline, position, id, session_id, attempt, kind, open,
          at, role, status, text, text_chars, details)
      select a, b, c, d, e, f, g, h, j, k, l, m, n::jsonb
      from unnest(:rows) as u(a, b, c, d, e, f, g, h, j, k, l, m, n)
      on conflict (timeline, position) do update set
          kind = excluded.kind, open = excluded.open, role = excluded.role,
          status = excluded.status, text = excluded.text, text_chars = excluded.text_chars,
          details = excluded.details
      """;

  private static Item item(ResultSet row) throws SQLException {
    var item =
        new Item(
            new Item.Key(row.getObject("timeline", UUID.class), row.getString("id")),
            row.getLong("position"),
            new AttemptId(row.getObject("session_id", UUID.class), row.getInt("attempt")),
            Objects.requireNonNull(SessionStore.instant(row, "at")),
            ItemKind.of(row.getString("kind")));
    item.open = row.getBoolean("open");
    item.role = row.getString("role");
    item.status = row.getString("status");
    item.restore(row.getString("text"), row.getInt("text_chars"));
    item.details.putAll(MAPPER.readValue(row.getString("details"), DETAILS));
    return item;
  }
}
