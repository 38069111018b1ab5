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
import java.util.ArrayList;
import java.util.List;
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
    HeddleHome home = new HeddleHome(folder.resolve("Jürgen, zu Hause"));
    home.create();
    secrets = new Secrets(home);
    postgres = new Postgres(home, secrets, new Ports(RandomGenerator.getDefault()).free(0), 1);
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
  void backendThatOutlivesItsServerAndAStrangersProcessIdDoNotHoldUpTheNext() throws Exception {
    ProcessIdentity backend;
    try (Connection connection = connect("thread");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
      row.next();
      backend = ProcessIdentity.of(row.getInt(1)).orElseThrow();
      // Stopped, it does not notice that its server is gone, and keeps the shared memory.
      Signals.send(backend, "STOP");
      Signals.send(server.describe().process(), "KILL");
      server.stop();
      assertThat(backend.alive()).isTrue();
      Path data = postgres.folder().resolve("data");
      Process stranger = asOwnerOf(data, "sleep", "600");
      try {
        Path lock = data.resolve("postmaster.pid");
        Files.writeString(
            lock, Files.readString(lock).replaceFirst("\\A\\d+", Long.toString(stranger.pid())));

        restart();

        assertThat(stranger.isAlive()).isTrue();
      } finally {
        stranger.destroyForcibly();
      }
      assertThat(backend.alive()).isFalse();
    } catch (SQLException e) {
      assertThat(server.describe().condition()).isEqualTo(SystemState.Condition.READY);
    }
  }

  /** A process that the database's account may signal, and would take for a server. */
  private static Process asOwnerOf(Path data, String... command) throws Exception {
    List<String> wrapped = new ArrayList<>(DatabaseAccount.choose().command(List.of(command)));
    Process process = new ProcessBuilder(wrapped).start();
    Object owner = Files.getAttribute(data, "unix:uid");
    org.awaitility.Awaitility.await()
        .until(() ->
            owner.equals(
                Files.getAttribute(Path.of("/proc", Long.toString(process.pid())), "unix:uid")));
    return process;
  }

  @Test
  void homeWhoseIdWasLostFindsItsDataAgain() throws Exception {
    HeddleHome home = new HeddleHome(folder.resolve("half-written"));
    home.create();
    // As a full disk or a power cut leaves it.
    Path id = Files.createFile(home.root().resolve("id"));
    Path data = new Postgres(home, secrets, 1, 1).folder();
    // Never the folder of all homes, which must not be deleted below.
    assertThat(data).isNotEqualTo(Path.of("/var/lib/heddle"));
    try {
      Files.deleteIfExists(id);

      assertThat(new Postgres(home, secrets, 1, 1).folder()).isEqualTo(data);
    } finally {
      Folders.delete(data);
    }
  }

  @Test
  void serverNeverRunsAsRoot() throws Exception {
    Object owner =
        Files.getAttribute(
            Path.of("/proc", Long.toString(server.describe().process().pid())), "unix:uid");

    assertThat(owner).isNotEqualTo(0);
  }

  private static void restart() {
    server = new Child(postgres.prepare(), LAUNCH, (child, what) -> {});
    server.start(Duration.ofSeconds(30));
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
