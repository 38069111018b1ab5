package dev.heddle.trace.parked;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.ParkedRecord;
import dev.heddle.messaging.Json;
import dev.heddle.trace.parked.ParkedRow.Replay;
import dev.heddle.trace.parked.ParkedRow.Source;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The table of parked records. */
@Repository
class ParkedStore {

  private static final TypeReference<Map<String, String>> TEXT_MAP = new TypeReference<>() {};

  private static final String COLUMNS =
      """
      id, topic, topic_partition, topic_offset, consumer, key, %s as payload,
      coalesce(octet_length(payload), 0) as bytes, headers, code, reason, truncated, parked_at,
      state, replayed_by, replayed_at, replay_of\
      """;

  private static final String WHOLE = COLUMNS.formatted("payload");
  private static final String LISTED = COLUMNS.formatted("null::bytea");

  private final JdbcClient sql;
  private final Ids ids;

  ParkedStore(JdbcClient sql, Ids ids) {
    this.sql = sql;
    this.ids = ids;
  }

  /** Which records a list shows; null for any. */
  record Filter(
      @Nullable String topic,
      @Nullable String consumer,
      @Nullable String code,
      @Nullable ParkedState state) {}

  /**
   * Stores what was parked, unless the same consumer parked the same record before. The content
   * counts as well as the place, since a topic that was made anew has its offsets again.
   *
   * @throws IllegalArgumentException where the payload is no Base64
   */
  void add(ParkedRecord parked) {
    byte[] payload = parked.payload() == null ? null : Base64.getDecoder().decode(parked.payload());
    Map<String, String> headers = new LinkedHashMap<>();
    parked.headers().forEach((name, value) -> headers.put(storable(name), storable(value)));
    String key = parked.key() == null ? null : storable(parked.key());
    boolean whole =
        !Boolean.TRUE.equals(parked.truncated())
            && Objects.equals(key, parked.key())
            && headers.equals(parked.headers());
    sql.sql(
            """
            insert into parked_record (id, topic, topic_partition, topic_offset, consumer, digest,
                key, payload, headers, code, reason, truncated, parked_at, state, replay_of)
            values (:id, :topic, :partition, :offset, :consumer, :digest,
                :key, :payload, :headers::jsonb, :code, :reason, :truncated, :at, 'parked', :replayOf)
            on conflict (consumer, topic, topic_partition, topic_offset, digest) do nothing
            """)
        .param("id", ids.next())
        .param("topic", storable(parked.topic()))
        .param("partition", parked.partition())
        .param("offset", parked.offset())
        .param("consumer", storable(parked.consumer()))
        .param("digest", digest(parked, payload))
        .param("key", key, Types.VARCHAR)
        .param("payload", payload, Types.BINARY)
        .param("headers", Json.string(headers))
        .param("code", storable(parked.code()))
        .param("reason", storable(parked.reason()))
        .param("truncated", !whole)
        .param("at", OffsetDateTime.ofInstant(parked.at(), ZoneOffset.UTC))
        .param("replayOf", replayOf(headers), Types.OTHER)
        .update();
  }

  /** The records that fit, the latest first, without their payloads. */
  List<ParkedRow> list(Filter filter, @Nullable UUID before, int limit) {
    ParkedState state = filter.state();
    return sql.sql(
            """
            select %s from parked_record
            where (:topic::text is null or topic = :topic)
              and (:consumer::text is null or consumer = :consumer)
              and (:code::text is null or code = :code)
              and (:state::text is null or state = :state)
              and (:before::uuid is null or id < :before::uuid)
            order by id desc limit :limit
            """
                .formatted(LISTED))
        .param("topic", filter.topic(), Types.VARCHAR)
        .param("consumer", filter.consumer(), Types.VARCHAR)
        .param("code", filter.code(), Types.VARCHAR)
        .param("state", state == null ? null : state.wire(), Types.VARCHAR)
        .param("before", before == null ? null : before.toString(), Types.VARCHAR)
        .param("limit", limit)
        .query((row, _) -> row(row))
        .list();
  }

  Optional<ParkedRow> find(UUID id) {
    return one("", id);
  }

  /** The record, held until the transaction ends. */
  Optional<ParkedRow> lock(UUID id) {
    return one(" for update", id);
  }

  private Optional<ParkedRow> one(String lock, UUID id) {
    return sql.sql("select %s from parked_record where id = :id%s".formatted(WHOLE, lock))
        .param("id", id)
        .query((row, _) -> row(row))
        .optional();
  }

  /** The records that became of the replays of one, the first one first. */
  List<UUID> parkedAgain(UUID id) {
    return sql.sql("select id from parked_record where replay_of = :id order by id")
        .param("id", id)
        .query((row, _) -> row.getObject(1, UUID.class))
        .list();
  }

  void replayed(UUID id, Replay replay) {
    sql.sql(
            """
            update parked_record set state = 'replayed', replayed_by = :by, replayed_at = :at
            where id = :id
            """)
        .param("by", replay.by())
        .param("at", OffsetDateTime.ofInstant(replay.at(), ZoneOffset.UTC))
        .param("id", id)
        .update();
  }

  /** Forgets what was parked before this, and says how many. */
  int deleteBefore(Instant first) {
    return sql.sql("delete from parked_record where parked_at < :first")
        .param("first", OffsetDateTime.ofInstant(first, ZoneOffset.UTC))
        .update();
  }

  private static ParkedRow row(ResultSet row) throws SQLException {
    String by = row.getString("replayed_by");
    return new ParkedRow(
        row.getObject("id", UUID.class),
        new Source(
            row.getString("topic"),
            row.getInt("topic_partition"),
            row.getLong("topic_offset"),
            row.getString("consumer")),
        row.getString("key"),
        row.getBytes("payload"),
        row.getInt("bytes"),
        JsonMapper.shared().readValue(row.getString("headers"), TEXT_MAP),
        row.getString("code"),
        row.getString("reason"),
        row.getBoolean("truncated"),
        instant(row, "parked_at"),
        ParkedState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        by == null ? null : new Replay(by, instant(row, "replayed_at")),
        row.getObject("replay_of", UUID.class));
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  private static @Nullable UUID replayOf(Map<String, String> headers) {
    try {
      return Ids.parse(headers.getOrDefault(ParkedRecord.REPLAY_OF, ""));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** PostgreSQL refuses NUL in text, and this table must take whatever nothing else does. */
  private static String storable(String text) {
    return text.replace('\u0000', '\uFFFD');
  }

  private static byte[] digest(ParkedRecord parked, byte @Nullable [] payload) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      String key = parked.key();
      digest.update((key == null ? "" : key).getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      digest.update(Json.bytes(new TreeMap<>(parked.headers())));
      digest.update((byte) 0);
      if (payload != null) {
        digest.update(payload);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
