package dev.heddle.trace.ingest;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/** Ingest's own connection, so that no crowd of readers can keep it waiting. */
final class IngestDatabase implements AutoCloseable {

  private final HikariDataSource connections;
  private final JdbcTemplate jdbc;
  private final TransactionTemplate transactions;

  IngestDatabase(JdbcConnectionDetails database) {
    var config = new HikariConfig();
    config.setPoolName("ingest");
    config.setJdbcUrl(database.getJdbcUrl());
    config.setUsername(database.getUsername());
    config.setPassword(database.getPassword());
    config.setMaximumPoolSize(1);
    config.setConnectionTimeout(5_000);
    config.setInitializationFailTimeout(-1);
    config.addDataSourceProperty("ApplicationName", "heddle-ingest");
    config.addDataSourceProperty("connectTimeout", "5");
    config.addDataSourceProperty("socketTimeout", "60");
    config.addDataSourceProperty("tcpKeepAlive", "true");
    // Or the driver's messages would repeat what was to be stored, in logs and reasons of parking.
    config.addDataSourceProperty("logServerErrorDetail", "false");
    // An instance that hangs in mid-transaction must not hold its partitions against their next
    // owner for ever.
    config.setConnectionInitSql("set idle_in_transaction_session_timeout = '30s'");
    connections = new HikariDataSource(config);
    jdbc = new JdbcTemplate(connections);
    transactions = new TransactionTemplate(new JdbcTransactionManager(connections));
  }

  JdbcOperations jdbc() {
    return jdbc;
  }

  TransactionOperations transactions() {
    return transactions;
  }

  @Override
  public void close() {
    connections.close();
  }
}
