package dev.heddle.messaging;

import com.zaxxer.hikari.HikariDataSource;
import dev.heddle.contracts.Topic;
import dev.heddle.testkit.SettableClock;
import dev.heddle.testkit.TestKafka;
import dev.heddle.testkit.TestPostgres;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.CommonClientConfigs;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.transaction.support.TransactionTemplate;

/** A service with an outbox, wired as in production but without a Spring context. */
final class Replica implements AutoCloseable {

  final TestPostgres.Database database;
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final SettableClock clock = SettableClock.at("2026-11-21T09:00:00Z");
  final JdbcTemplate jdbc;
  final TransactionTemplate transactions;
  final Outbox outbox;
  final OutboxRelay relay;

  private final HikariDataSource pool = new HikariDataSource();
  private final DefaultKafkaProducerFactory<String, byte[]> producers;

  Replica(TestPostgres.Database database) {
    this(database, TestKafka.bootstrapServers(), 500, UnaryOperator.identity());
  }

  /**
   * @param wire stands between the relay and the broker, to make it fail
   */
  Replica(
      TestPostgres.Database database,
      String broker,
      int batchSize,
      UnaryOperator<ProducerFactory<String, byte[]>> wire) {
    this.database = database;
    pool.setJdbcUrl(database.jdbcUrl());
    pool.setUsername(database.username());
    pool.setPassword(database.password());
    jdbc = new JdbcTemplate(pool);
    transactions = new TransactionTemplate(new DataSourceTransactionManager(pool));
    producers = producers(broker);
    ProducerFactory<String, byte[]> wired = wire.apply(producers);
    var metrics = new OutboxMetrics(meters, clock);
    var own =
        new DriverManagerDataSource(
            database.jdbcUrl() + "&ApplicationName=heddle-outbox",
            database.username(),
            database.password());
    relay =
        new OutboxRelay(
            new OutboxTable(own, pool, batchSize),
            new OutboxSender(wired, new ParkingLot(wired, meters, clock, "test-service"), metrics),
            metrics);
    outbox = new JdbcOutbox(jdbc, relay::wake);
  }

  static TestPostgres.Database databaseWithOutbox() {
    TestPostgres.Database database = TestPostgres.database("service");
    new ResourceDatabasePopulator(new ClassPathResource("db/messaging/V0.1__outbox.sql"))
        .execute(
            new DriverManagerDataSource(
                database.jdbcUrl(), database.username(), database.password()));
    return database;
  }

  static DefaultKafkaProducerFactory<String, byte[]> producers(String broker) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, broker);
    var producers = new DefaultKafkaProducerFactory<String, byte[]>(settings);
    new MessagingAutoConfiguration().heddleProducer().customize(producers);
    return producers;
  }

  void commit(Topic topic, String key, Object payload) {
    transactions.executeWithoutResult(status -> outbox.send(topic, key, payload));
  }

  int waiting() {
    return jdbc.queryForObject("select count(*) from outbox", Integer.class);
  }

  double metric(String name) {
    return meters.get(name).meter().measure().iterator().next().getValue();
  }

  @Override
  public void close() {
    relay.stop();
    producers.destroy();
    pool.close();
  }
}
