package dev.heddle.rest;

import com.zaxxer.hikari.HikariDataSource;
import dev.heddle.testkit.TestPostgres;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class PlainJdbcIdempotencyIT extends IdempotencyKit {
  private static HikariDataSource dataSource;

  @BeforeAll
  static void open() {
    TestPostgres.Database database = TestPostgres.database("plain");
    dataSource = new HikariDataSource();
    dataSource.setJdbcUrl(database.jdbcUrl());
    dataSource.setUsername(database.username());
    dataSource.setPassword(database.password());
    dataSource.setMaximumPoolSize(20);
    Flyway.configure()
        .dataSource(dataSource)
        .defaultSchema(database.schema())
        .locations("classpath:db/rest", "classpath:db/test")
        .load()
        .migrate();
  }

  @AfterAll
  static void close() {
    dataSource.close();
  }

  @Override
  JdbcTemplate jdbc() {
    return new JdbcTemplate(dataSource);
  }

  @Override
  TransactionTemplate transactions() {
    return new TransactionTemplate(new JdbcTransactionManager(dataSource));
  }

  @Override
  void insert(String id) {
    jdbc().update("INSERT INTO work (id, version) VALUES (?, 0)", id);
  }
}
