package dev.heddle.rest;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Idempotency on one table. The first request inserts its key and holds the row until it commits;
 * PostgreSQL lets a duplicate's insert wait for exactly that, so nothing here polls or locks.
 */
final class JdbcIdempotency implements Idempotency {
  private static final int LONGEST_KEY = 200;

  private record Stored(String requestHash, String response) {}

  private final JdbcTemplate jdbc;
  private final JdbcTemplate waiting;
  private final TransactionTemplate transaction;
  private final JsonMapper json;
  private final JsonMapper canonical;
  private final Clock clock;

  JdbcIdempotency(
      JdbcTemplate jdbc,
      TransactionTemplate transaction,
      JsonMapper json,
      Clock clock,
      Duration waitAtMost) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.json = json;
    this.clock = clock;
    this.canonical =
        json.rebuild()
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();
    this.waiting = new JdbcTemplate(Objects.requireNonNull(jdbc.getDataSource()));
    this.waiting.setQueryTimeout(Math.toIntExact(waitAtMost.toSeconds()));
  }

  @Override
  public <T> T once(
      @Nullable String key,
      String caller,
      Object request,
      Class<T> responseType,
      Supplier<T> action) {
    if (key != null) {
      check(key);
    }
    return Objects.requireNonNull(
        transaction.execute(status ->
            key == null
                ? action.get()
                : firstOrStored(key, caller, request, responseType, action)));
  }

  private <T> T firstOrStored(
      String key, String caller, Object request, Class<T> responseType, Supplier<T> action) {
    String operation = operation(request);
    String hash = sha256(canonical.writeValueAsBytes(request));
    if (!claim(key, caller, operation, hash)) {
      return answerOf(key, caller, operation, hash, responseType);
    }
    T response = action.get();
    jdbc.update(
        "UPDATE idempotency_key SET response = ? WHERE caller = ? AND key = ? AND operation = ?",
        json.writeValueAsString(response),
        caller,
        key,
        operation);
    return response;
  }

  private boolean claim(String key, String caller, String operation, String hash) {
    try {
      return waiting.update(
              """
              INSERT INTO idempotency_key (caller, key, operation, request_hash, created_at)
              VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING\
              """,
              caller,
              key,
              operation,
              hash,
              Timestamp.from(clock.instant()))
          == 1;
    } catch (QueryTimeoutException | CannotAcquireLockException e) {
      throw new ProblemException(
              RestError.REQUEST_IN_PROGRESS,
              "The first request with this Idempotency-Key has not ended yet; ask again.",
              e)
          .retryAfter(Duration.ofSeconds(1));
    }
  }

  private <T> T answerOf(
      String key, String caller, String operation, String hash, Class<T> responseType) {
    List<Stored> stored =
        jdbc.query(
            """
            SELECT request_hash, response FROM idempotency_key
            WHERE caller = ? AND key = ? AND operation = ?\
            """,
            (row, number) -> new Stored(row.getString(1), row.getString(2)),
            caller,
            key,
            operation);
    if (stored.isEmpty()) {
      throw new ProblemException(
              RestError.REQUEST_IN_PROGRESS,
              "The answer for this Idempotency-Key was forgotten just now; ask again.")
          .retryAfter(Duration.ofSeconds(1));
    }
    Stored first = stored.getFirst();
    if (!first.requestHash().equals(hash)) {
      throw new ProblemException(
          RestError.IDEMPOTENCY_KEY_REUSED,
          "This Idempotency-Key was used before with a different body; take a new key for a new"
              + " request.");
    }
    return json.readValue(first.response(), responseType);
  }

  private static void check(String key) {
    if (key.isBlank()
        || key.length() > LONGEST_KEY
        || !key.chars().allMatch(c -> c > 0x1f && c < 0x7f)) {
      throw new ProblemException(
          RestError.BAD_IDEMPOTENCY_KEY,
          "Idempotency-Key must be 1 to "
              + LONGEST_KEY
              + " visible ASCII characters, such as a UUID.");
    }
  }

  private static String operation(Object request) {
    if (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes http) {
      return http.getRequest().getMethod() + " " + http.getRequest().getRequestURI();
    }
    return request.getClass().getSimpleName();
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
