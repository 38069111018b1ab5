package dev.heddle.messaging;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The relay's side of the table, on one connection of its own, so that it neither waits for the
 * service's pool nor takes from it. Used by the relay's thread alone.
 */
final class OutboxTable implements AutoCloseable {

  /** Keeps a batch well below the producer's buffer of 32 MiB. */
  private static final int BATCH_BYTES = 8 * 1024 * 1024;

  private static final JsonMapper HEADERS = JsonMapper.shared();
  private static final TypeReference<Map<String, String>> TEXT_MAP = new TypeReference<>() {};

  private final DataSource own;
  private final DataSource service;
  private final int batchSize;
  private @Nullable Connection connection;

  /**
   * @param own opens the relay's connection
   * @param service tells in which schema the service keeps its outbox
   * @param batchSize the most rows to read at once
   */
  OutboxTable(DataSource own, DataSource service, int batchSize) {
    this.own = own;
    this.service = service;
    this.batchSize = batchSize;
  }

  /** Rows to send, and whether there are more behind them. */
  record Batch(List<OutboxRow> rows, boolean more) {}

  /**
   * Begins a transaction that makes this relay the only one of all replicas that sends. Two at once
   * would break the order of a key.
   *
   * @return whether it is the one; if not, the transaction is over
   */
  boolean lock() throws SQLException {
    Connection open = open();
    // The lock belongs to the database, the name to the schema: services may share a database.
    try (PreparedStatement statement =
            open.prepareStatement(
                "select pg_try_advisory_xact_lock(hashtextextended('heddle.outbox.' || current_schema(), 0))");
        ResultSet row = statement.executeQuery()) {
      row.next();
      if (row.getBoolean(1)) {
        return true;
      }
    }
    open.rollback();
    return false;
  }

  Batch read() throws SQLException {
    List<OutboxRow> rows = new ArrayList<>();
    boolean more = false;
    long bytes = 0;
    try (PreparedStatement statement =
        open()
            .prepareStatement(
                "select id, topic, key, payload, headers::text from outbox order by id limit ?")) {
      statement.setInt(1, batchSize);
      statement.setFetchSize(50);
      try (ResultSet result = statement.executeQuery()) {
        while (!more && result.next()) {
          byte[] payload = result.getBytes(4);
          rows.add(
              new OutboxRow(
                  result.getLong(1),
                  result.getString(2),
                  result.getString(3),
                  payload,
                  HEADERS.readValue(result.getString(5), TEXT_MAP)));
          bytes += payload.length;
          more = bytes >= BATCH_BYTES || rows.size() == batchSize;
        }
      }
    }
    return new Batch(rows, more);
  }

  void delete(List<OutboxRow> rows) throws SQLException {
    Connection open = open();
    try (PreparedStatement statement =
        open.prepareStatement("delete from outbox where id = any(?)")) {
      statement.setArray(
          1, open.createArrayOf("bigint", rows.stream().map(OutboxRow::id).toArray()));
      statement.executeUpdate();
    }
  }

  void commit() throws SQLException {
    open().commit();
  }

  void rollback() throws SQLException {
    open().rollback();
  }

  /** How many rows wait, and since when the oldest. */
  record Waiting(long depth, @Nullable Instant oldest) {}

  Waiting waiting() throws SQLException {
    Connection open = open();
    Waiting waiting;
    try (PreparedStatement statement =
            open.prepareStatement("select count(*), min(created_at) from outbox");
        ResultSet row = statement.executeQuery()) {
      row.next();
      OffsetDateTime oldest = row.getObject(2, OffsetDateTime.class);
      waiting = new Waiting(row.getLong(1), oldest == null ? null : oldest.toInstant());
    }
    open.rollback();
    return waiting;
  }

  private Connection open() throws SQLException {
    Connection open = connection;
    if (open == null) {
      String schema;
      try (Connection pooled = service.getConnection()) {
        schema = pooled.getSchema();
      }
      open = own.getConnection();
      open.setAutoCommit(false);
      open.setSchema(schema);
      try (Statement statement = open.createStatement()) {
        // A relay that hangs must not keep its lock, and so all that is said, from other replicas.
        // Twice what others have, since this transaction waits for the broker.
        statement.execute("set idle_in_transaction_session_timeout = '120s'");
      }
      open.commit();
      connection = open;
    }
    return open;
  }

  /** Ends what is open; the next use opens a new connection. */
  @Override
  public void close() {
    Connection open = connection;
    connection = null;
    if (open == null) {
      return;
    }
    try (open) {
      open.rollback();
    } catch (SQLException e) {
      // The connection is being given up because it failed; the server rolls back by itself.
    }
  }
}
