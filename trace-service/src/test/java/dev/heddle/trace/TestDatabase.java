package dev.heddle.trace;

import dev.heddle.testkit.TestPostgres;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A migrated database of its own, for what must not meet the running service. */
public final class TestDatabase {

  public final TestPostgres.Database place = TestPostgres.database("trace");
  public final JdbcTemplate jdbc;
  public final TransactionTemplate transactions;

  public TestDatabase() {
    var source = new DriverManagerDataSource(place.jdbcUrl(), place.username(), place.password());
    Flyway.configure()
        .dataSource(source)
        .defaultSchema("trace")
        .locations("classpath:db/migration")
        .load()
        .migrate();
    jdbc = new JdbcTemplate(source);
    transactions = new TransactionTemplate(new JdbcTransactionManager(source));
  }
}
