package dev.heddle.cli;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One service's schema, reached with that service's own role: what a test looks up there, and what
 * it holds up by locks that any other session of the role could take as well.
 */
final class Database {

  private final HeddleSystem system;
  private final String role;

  /**
   * @param role that of the service, which is also the name of its schema: {@code thread}, {@code
   *     session} or {@code trace}
   */
  Database(HeddleSystem system, String role) {
    this.system = system;
    this.role = role;
  }

  /** An open transaction that has locked something, until it is closed. */
  @FunctionalInterface
  interface Held extends AutoCloseable {
    @Override
    void close();
  }

  /** The rows of a query, each as the text of its columns. */
  List<List<String>> rows(String query, Object... arguments) {
    try (Connection connection = connect();
        PreparedStatement statement = connection.prepareStatement(query)) {
      return read(statement, arguments);
    } catch (SQLException e) {
      throw new AssertionError(query, e);
    }
  }

  /** The number that a query counts. */
  long count(String query, Object... arguments) {
    return Long.parseLong(rows(query, arguments).getFirst().getFirst());
  }

  /** Runs a statement that locks, and keeps its transaction open. */
  Held hold(String statement, Object... arguments) {
    try {
      Connection connection = connect();
      try {
        connection.setAutoCommit(false);
        try (PreparedStatement locking = connection.prepareStatement(statement)) {
          bind(locking, arguments);
          locking.execute();
        }
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
      return () -> {
        try (connection) {
          connection.rollback();
        } catch (SQLException e) {
          throw new AssertionError(e);
        }
      };
    } catch (SQLException e) {
      throw new AssertionError(statement, e);
    }
  }

  /** Waits until a statement of the service that begins like this waits for a lock. */
  void awaitBlocked(String beginning) {
    await()
        .alias("a statement '" + beginning + "' that waits for a lock")
        .atMost(Duration.ofSeconds(60))
        .until(() ->
            count(
                    """
                    select count(*) from pg_stat_activity
                    where usename = current_user and wait_event_type = 'Lock' and query ilike ?
                    """,
                    beginning + "%")
                > 0);
  }

  private Connection connect() throws SQLException {
    int port = system.state().part("postgresql").orElseThrow().port();
    try {
      String password =
          Files.readString(system.folder().resolve("secrets").resolve("postgres-" + role)).strip();
      return DriverManager.getConnection(
          "jdbc:postgresql://127.0.0.1:" + port + "/heddle?currentSchema=" + role, role, password);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<List<String>> read(PreparedStatement statement, Object... arguments)
      throws SQLException {
    bind(statement, arguments);
    List<List<String>> rows = new ArrayList<>();
    try (ResultSet result = statement.executeQuery()) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int column = 1; column <= columns; column++) {
          String text = result.getString(column);
          row.add(text == null ? "" : text);
        }
        rows.add(row);
      }
    }
    return rows;
  }

  private static void bind(PreparedStatement statement, Object... arguments) throws SQLException {
    for (int index = 0; index < arguments.length; index++) {
      statement.setObject(index + 1, arguments[index]);
    }
  }
}
