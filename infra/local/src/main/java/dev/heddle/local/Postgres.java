package dev.heddle.local;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A PostgreSQL server of our own: loopback only, passwords only, with every write made durable. One
 * database {@code heddle} holds one schema per service, each owned by a role that can see nothing
 * of the others.
 */
final class Postgres {

  /** The services that keep state; schema and role have the same name. */
  static final List<String> SCHEMAS = List.of("thread", "session", "trace");

  /** Pools of 16, 12 and 8, and what each service holds beside its pool, doubled. */
  private static final int CONNECTIONS_PER_REPLICA = 80;

  private static final String SUPERUSER = "postgres";

  private final HeddleHome home;
  private final Secrets secrets;
  private final DatabaseAccount account;
  private final Path base;
  private final int port;
  private final int replicas;

  /**
   * The server of a home.
   *
   * @param replicas how many of each service connect, each with at most {@value
   *     #CONNECTIONS_PER_REPLICA} connections to the three schemas together
   */
  Postgres(HeddleHome home, Secrets secrets, int port, int replicas) {
    this.replicas = replicas;
    this.home = home;
    this.secrets = secrets;
    this.port = port;
    this.account = DatabaseAccount.choose();
    this.base = base();
  }

  /** Where programs and data are; differs from the home only if root keeps that to itself. */
  Path folder() {
    return base;
  }

  /** Where the data of a home is, wherever it had to be put; perhaps not there yet. */
  static Path data(HeddleHome home) {
    return home.root().resolve("postgresql").resolve("data");
  }

  /** Unpacks and initialises what is missing, and describes the server process. */
  ChildSpec prepare() {
    Path programs = PostgresBinaries.unpack(base);
    Path data = base.resolve("data");
    if (!Files.exists(data.resolve("PG_VERSION"))) {
      initialise(programs, data);
    }
    requireOwnVersion(data);
    List<String> server =
        new ArrayList<>(
            List.of(programs.resolve("bin/postgres").toString(), "-D", data.toString()));
    Map<String, String> settings =
        Map.ofEntries(
            Map.entry("listen_addresses", "127.0.0.1"),
            Map.entry("port", Integer.toString(port)),
            Map.entry("unix_socket_directories", ""),
            Map.entry("max_connections", Integer.toString(40 + CONNECTIONS_PER_REPLICA * replicas)),
            Map.entry("shared_buffers", "128MB"),
            // A place on a solid-state disk, or in memory, is as near as the next one.
            Map.entry("random_page_cost", "1.1"),
            Map.entry("password_encryption", "scram-sha-256"),
            // Iterations slow down the guessing of what a person chose. These passwords are random
            // bits, and each of the many connections of a start would pay for them.
            Map.entry("scram_iterations", "1"),
            Map.entry("log_line_prefix", "%m [%p] %u@%d "),
            Map.entry("timezone", "UTC"),
            Map.entry("log_timezone", "UTC"));
    settings.forEach((name, value) -> {
      server.add("-c");
      server.add(name + "=" + value);
    });
    return new ChildSpec(
        "postgresql",
        account.command(server),
        ChildSpec.cleanEnvironment(),
        Path.of("/"),
        home.log("postgresql"),
        port,
        new ChildSpec.Readiness() {
          @Override
          public boolean ready() {
            return answers();
          }

          @Override
          public void makeRoom() {
            DatabaseRemains.clear(data);
          }
        },
        "INT",
        Duration.ofSeconds(30));
  }

  static void requireOwnVersion(Path data) {
    String own = PostgresBinaries.VERSION.substring(0, PostgresBinaries.VERSION.indexOf('.'));
    try {
      String found = Files.readString(data.resolve("PG_VERSION")).strip();
      if (!found.equals(own)) {
        throw new LocalException(
            LocalException.Kind.ENVIRONMENT,
            data
                + " was written by PostgreSQL "
                + found
                + ", and this Heddle has PostgreSQL "
                + own
                + ". Use the version of Heddle that wrote it, or set HEDDLE_HOME to another"
                + " folder.");
      }
    } catch (IOException e) {
      throw new LocalException(
          LocalException.Kind.ENVIRONMENT, "cannot read the database in " + data + ": " + e, e);
    }
  }

  /** Makes database, roles and schemas, or brings their grants and passwords to what they are. */
  void provision() {
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement()) {
      for (String schema : SCHEMAS) {
        boolean exists =
            exists(statement, "SELECT 1 FROM pg_roles WHERE rolname = '" + schema + "'");
        statement.execute(
            (exists ? "ALTER" : "CREATE")
                + " ROLE \""
                + schema
                + "\" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD '"
                + secrets.password(schema)
                + "'");
      }
      if (!exists(statement, "SELECT 1 FROM pg_database WHERE datname = 'heddle'")) {
        statement.execute("CREATE DATABASE heddle");
      }
      for (String database : List.of("heddle", "postgres", "template1")) {
        statement.execute("REVOKE ALL ON DATABASE " + database + " FROM PUBLIC");
      }
    } catch (SQLException e) {
      throw failed(e);
    }
    try (Connection connection = connect("heddle");
        Statement statement = connection.createStatement()) {
      statement.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC");
      for (String schema : SCHEMAS) {
        statement.execute("GRANT CONNECT, TEMPORARY ON DATABASE heddle TO \"" + schema + "\"");
        statement.execute(
            "CREATE SCHEMA IF NOT EXISTS \"" + schema + "\" AUTHORIZATION \"" + schema + "\"");
        statement.execute(
            "ALTER ROLE \""
                + schema
                + "\" IN DATABASE heddle SET search_path = \""
                + schema
                + "\"");
      }
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /** Where a service finds its schema. */
  Map<String, String> environmentFor(String schema) {
    return Map.of(
        "SPRING_DATASOURCE_URL",
        "jdbc:postgresql://127.0.0.1:" + port + "/heddle?currentSchema=" + schema,
        "SPRING_DATASOURCE_USERNAME",
        schema,
        "SPRING_DATASOURCE_PASSWORD",
        secrets.password(schema));
  }

  private boolean answers() {
    try (Connection connection = connect("postgres")) {
      return connection.isValid(2);
    } catch (SQLException e) {
      return false;
    }
  }

  private Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:"
            + port
            + "/"
            + database
            + "?connectTimeout=2&socketTimeout=30&loginTimeout=5",
        SUPERUSER,
        secrets.password(SUPERUSER));
  }

  private static boolean exists(Statement statement, String query) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      return row.next();
    }
  }

  private void initialise(Path programs, Path data) {
    Path next = base.resolve("data.next");
    Path password = base.resolve("password.next");
    try {
      Folders.delete(next);
      Files.createDirectory(
          next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Files.deleteIfExists(password);
      Files.createFile(
          password,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(password, secrets.password(SUPERUSER));
      account.own(next);
      account.own(password);
      Programs.run(
          account.command(
              List.of(
                  programs.resolve("bin/initdb").toString(),
                  "-D",
                  next.toString(),
                  "-U",
                  SUPERUSER,
                  "-A",
                  "scram-sha-256",
                  "--pwfile",
                  password.toString(),
                  "-E",
                  "UTF8",
                  "--locale-provider=builtin",
                  "--builtin-locale=C.UTF-8",
                  "--locale=C",
                  "-k")),
          Path.of("/"),
          "initialising PostgreSQL in " + next);
      // A half-made cluster is never taken for one: only a whole one gets the final name.
      Files.move(next, data);
    } catch (IOException e) {
      throw new LocalException(
          LocalException.Kind.ENVIRONMENT, "cannot initialise PostgreSQL in " + data + ": " + e, e);
    } finally {
      new File(password.toString()).delete();
    }
  }

  private Path base() {
    Path inHome = home.root().resolve("postgresql");
    Path chosen = inHome;
    try {
      if (Files.isSymbolicLink(inHome)) {
        // Where it was put before, whatever became of the id since.
        chosen = inHome.resolveSibling(Files.readSymbolicLink(inHome));
      } else if (!account.reaches(home.root())) {
        // Root's own folders are often closed to all others; opening them is not ours to decide.
        chosen = Path.of("/var/lib/heddle", homeId());
      }
      if (!chosen.equals(inHome)) {
        Files.createDirectories(chosen);
        if (!Files.exists(inHome, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
          Files.createSymbolicLink(inHome, chosen);
        }
      } else if (!Files.isDirectory(inHome)) {
        Files.createDirectories(inHome);
      }
      Path real = chosen.toRealPath();
      Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rwx--x--x"));
      if (!account.reaches(real)) {
        throw new LocalException(
            LocalException.Kind.ENVIRONMENT,
            "the account that runs PostgreSQL cannot reach "
                + real
                + ". Set HEDDLE_HOME to a folder whose parents others may pass through, such as"
                + " /var/lib/heddle-home.");
      }
      return real;
    } catch (IOException e) {
      throw new LocalException(
          LocalException.Kind.ENVIRONMENT, "cannot prepare " + chosen + ": " + e, e);
    }
  }

  private String homeId() throws IOException {
    Path file = home.root().resolve("id");
    Optional<String> kept = WholeFile.read(file);
    if (kept.isPresent()) {
      return kept.get();
    }
    String made = UUID.randomUUID().toString();
    WholeFile.write(file, made + "\n");
    return made;
  }

  private static LocalException failed(SQLException cause) {
    return new LocalException(
        LocalException.Kind.PART_FAILED,
        "cannot set up the database: " + cause.getMessage(),
        cause);
  }
}
