package dev.heddle.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresIT {

  private static final String LAUNCH = UUID.randomUUID().toString();

  @TempDir static Path folder;
  private static Secrets secrets;
  private static Postgres postgres;
  private static Child server;

  @BeforeAll
  static void start() {
    HeddleHome home = new HeddleHome(folder.resolve("home"));
    home.create();
    secrets = new Secrets(home);
    postgres = new Postgres(home, secrets, new Ports(RandomGenerator.getDefault()).free(0));
    restart();
  }

  @AfterAll
  static void stop() throws Exception {
    server.stop();
    Folders.delete(postgres.folder());
  }

  @Test
  void serviceOwnsItsSchemaAndSeesNothingOfTheOthers() throws Exception {
    try (Connection thread = connect("thread");
        Statement statement = thread.createStatement()) {
      statement.execute("CREATE TABLE secret (value text)");
    }
    try (Connection session = connect("session");
        Statement statement = session.createStatement()) {
      statement.execute("CREATE TABLE own (value text)");
      assertThatThrownBy(() -> statement.execute("SELECT * FROM thread.secret"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("permission denied for schema thread");
      assertThatThrownBy(() -> statement.execute("CREATE TABLE public.stray (value text)"))
          .hasMessageContaining("permission denied for schema public");
      assertThatThrownBy(() -> statement.execute("CREATE DATABASE other"))
          .hasMessageContaining("permission denied");
      assertThatThrownBy(() -> statement.execute("SET ROLE thread"))
          .hasMessageContaining("permission denied");
      statement.execute("DROP TABLE own");
    }
    try (Connection thread = connect("thread");
        Statement statement = thread.createStatement()) {
      statement.execute("DROP TABLE secret");
    }
  }

  @Test
  void otherPasswordIsRefused() {
    Map<String, String> environment = postgres.environmentFor("thread");

    assertThatThrownBy(() ->
            DriverManager.getConnection(
                environment.get("SPRING_DATASOURCE_URL"), "thread", secrets.password("session")))
        .hasMessageContaining("password authentication failed");
  }

  @Test
  void everyCommitIsDurableAndTheServerListensOnLoopbackOnly() throws Exception {
    try (Connection connection = connect("trace")) {
      assertThat(setting(connection, "fsync")).isEqualTo("on");
      assertThat(setting(connection, "synchronous_commit")).isEqualTo("on");
      assertThat(setting(connection, "listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(setting(connection, "data_checksums")).isEqualTo("on");
      assertThat(setting(connection, "server_encoding")).isEqualTo("UTF8");
    }
  }

  @Test
  void whatIsCommittedSurvivesAKillAndARestart() throws Exception {
    try (Connection connection = connect("trace");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE kept AS SELECT 42 AS value");
    }
    Signals.send(server.describe().process(), "KILL");
    server.stop();

    restart();

    try (Connection connection = connect("trace");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT value FROM kept")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getInt(1)).isEqualTo(42);
    }
  }

  @Test
  void serverNeverRunsAsRoot() throws Exception {
    Object owner =
        Files.getAttribute(
            Path.of("/proc", Long.toString(server.describe().process().pid())), "unix:uid");

    assertThat(owner).isNotEqualTo(0);
  }

  /**
   * Leftover backends of a killed server keep its memory for a moment; the supervisor tries again.
   */
  private static void restart() {
    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .until(() -> {
          server = new Child(postgres.prepare(), LAUNCH, (child, what) -> {});
          server.start(Duration.ofSeconds(30));
          return true;
        });
    postgres.provision();
  }

  private static String setting(Connection connection, String name) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW " + name)) {
      row.next();
      return row.getString(1);
    }
  }

  private static Connection connect(String schema) throws SQLException {
    Map<String, String> environment = postgres.environmentFor(schema);
    return DriverManager.getConnection(
        environment.get("SPRING_DATASOURCE_URL"),
        environment.get("SPRING_DATASOURCE_USERNAME"),
        environment.get("SPRING_DATASOURCE_PASSWORD"));
  }
}
