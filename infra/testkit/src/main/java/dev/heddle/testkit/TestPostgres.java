package dev.heddle.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.test.context.DynamicPropertyRegistry;

/**
 * A real PostgreSQL, a process of its own: started at first use, shared by all tests of the JVM,
 * gone with it. It never syncs to disk, since nothing in it outlives the JVM.
 */
public final class TestPostgres {

  private static final EmbeddedPostgres SERVER = start();
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private TestPostgres() {}

  /**
   * A fresh database with one empty schema, and a role that owns both; as a service has it.
   *
   * @param jdbcUrl with the schema as {@code currentSchema}
   */
  public record Database(String jdbcUrl, String username, String password, String schema) {

    /** Points the data source and the migrations of a Spring context at this database. */
    public void register(DynamicPropertyRegistry registry) {
      registry.add("spring.datasource.url", this::jdbcUrl);
      registry.add("spring.datasource.username", this::username);
      registry.add("spring.datasource.password", this::password);
      registry.add("spring.flyway.default-schema", this::schema);
    }
  }

  /** Makes a database whose schema and role are called alike. */
  public static Database database(String schema) {
    String name = "test_" + DATABASES.incrementAndGet();
    String role = schema + "_" + name;
    execute("postgres", "create role \"%s\" login password '%s'".formatted(role, role));
    execute("postgres", "create database \"%s\" owner \"%s\"".formatted(name, role));
    execute(name, "create schema \"%s\" authorization \"%s\"".formatted(schema, role));
    return new Database(
        "jdbc:postgresql://127.0.0.1:%d/%s?currentSchema=%s"
            .formatted(SERVER.getPort(), name, schema),
        role,
        role,
        schema);
  }

  /** Makes a database and points a Spring context at it. */
  public static Database register(DynamicPropertyRegistry registry, String schema) {
    Database database = database(schema);
    database.register(registry);
    return database;
  }

  /** Runs one statement as superuser, say {@code select pg_terminate_backend(…)}. */
  public static void execute(String database, String sql) {
    try (Connection connection = SERVER.getDatabase("postgres", database).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException("cannot run on the test server: " + sql, e);
    }
  }

  private static EmbeddedPostgres start() {
    try {
      return EmbeddedPostgres.builder()
          .setServerConfig("fsync", "off")
          .setServerConfig("synchronous_commit", "off")
          .setServerConfig("full_page_writes", "off")
          .setServerConfig("max_connections", "200")
          .setServerConfig("shared_buffers", "64MB")
          .setServerConfig("random_page_cost", "1.1")
          .setLocaleConfig("locale-provider", "builtin")
          .setLocaleConfig("builtin-locale", "C.UTF-8")
          .setLocaleConfig("encoding", "UTF8")
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException("the embedded PostgreSQL does not start", e);
    }
  }
}
