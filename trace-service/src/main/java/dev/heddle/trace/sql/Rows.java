package dev.heddle.trace.sql;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.PreparedStatementCallback;

/**
 * Rows to be passed as one array per column; an {@code INSERT … SELECT FROM unnest(…)} of them is
 * the fastest way in that can skip what is there already.
 */
public final class Rows {

  private final String[] types;
  private final List<@Nullable Object[]> rows = new ArrayList<>();

  /**
   * @param types of the columns, as PostgreSQL names them
   */
  public Rows(String... types) {
    this.types = types.clone();
  }

  /** Adds a row; values are given in their text form, or as what PostgreSQL's driver knows. */
  public void add(@Nullable Object... values) {
    if (values.length != types.length) {
      throw new IllegalArgumentException(
          "a row has %d values, not %d".formatted(types.length, values.length));
    }
    rows.add(values);
  }

  public boolean isEmpty() {
    return rows.isEmpty();
  }

  /** The arguments of {@code unnest}: one typed parameter per column. */
  private String parameters() {
    var parameters = new StringBuilder();
    for (String type : types) {
      parameters.append(parameters.isEmpty() ? "" : ", ").append("?::").append(type).append("[]");
    }
    return parameters.toString();
  }

  /** Runs a statement in which {@code :rows} stands for one array per column. */
  public int update(JdbcOperations jdbc, String sql) {
    PreparedStatementCallback<Integer> run =
        statement -> {
          List<Array> arrays = bind(statement);
          int count = statement.executeUpdate();
          free(arrays);
          return count;
        };
    Integer count = jdbc.execute(sql.replace(":rows", parameters()), run);
    return count == null ? 0 : count;
  }

  /** Runs a query in which {@code :rows} stands for one array per column. */
  public <T> List<T> query(JdbcOperations jdbc, String sql, Mapper<T> mapper) {
    PreparedStatementCallback<List<T>> run =
        statement -> {
          List<Array> arrays = bind(statement);
          List<T> found = new ArrayList<>();
          try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
              found.add(mapper.map(row));
            }
          }
          free(arrays);
          return found;
        };
    List<T> found = jdbc.execute(sql.replace(":rows", parameters()), run);
    return found == null ? List.of() : found;
  }

  /** Makes a value of the current row. */
  @FunctionalInterface
  public interface Mapper<T> {
    T map(ResultSet row) throws SQLException;
  }

  private List<Array> bind(PreparedStatement statement) throws SQLException {
    Connection connection = statement.getConnection();
    List<Array> arrays = new ArrayList<>(types.length);
    for (int column = 0; column < types.length; column++) {
      @Nullable Object[] values = new Object[rows.size()];
      for (int row = 0; row < values.length; row++) {
        values[row] = rows.get(row)[column];
      }
      Array array = connection.createArrayOf(types[column], values);
      statement.setArray(column + 1, array);
      arrays.add(array);
    }
    return arrays;
  }

  private static void free(List<Array> arrays) throws SQLException {
    for (Array array : arrays) {
      array.free();
    }
  }
}
