package dev.heddle.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.testkit.TestPostgres.Database;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class TestPostgresIT {

  @Test
  void givesEachCallerAFreshDatabaseWithItsSchema() throws SQLException {
    Database one = TestPostgres.database("thread");
    Database other = TestPostgres.database("thread");

    try (Connection connection = connect(one);
        Statement statement = connection.createStatement()) {
      statement.execute("create table only_here (id int)");
      assertThat(connection.getSchema()).isEqualTo("thread");
    }
    try (Connection connection = connect(other);
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute("select * from only_here"))
          .hasMessageContaining("does not exist");
    }
  }

  @Test
  void isUtf8WithCodePointOrderInEveryLocale() throws SQLException {
    try (Connection connection = connect(TestPostgres.database("trace"));
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select current_setting('server_encoding'), 'Z' < 'a', lower('Ä')")) {
      row.next();
      assertThat(row.getString(1)).isEqualTo("UTF8");
      assertThat(row.getBoolean(2)).isTrue();
      assertThat(row.getString(3)).isEqualTo("ä");
    }
  }

  private static Connection connect(Database database) throws SQLException {
    return DriverManager.getConnection(
        database.jdbcUrl(), database.username(), database.password());
  }
}
