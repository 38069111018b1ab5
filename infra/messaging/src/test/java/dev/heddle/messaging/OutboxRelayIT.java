package dev.heddle.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.heddle.contracts.ParkedRecord;
import dev.heddle.contracts.Topic;
import dev.heddle.contracts.Topics;
import dev.heddle.testkit.TcpProxy;
import dev.heddle.testkit.TestKafka;
import dev.heddle.testkit.TestPostgres;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

class OutboxRelayIT {

  private static final Duration LONG = Duration.ofSeconds(60);

  record Said(String key, int n) {}

  @Test
  void keepsTheOrderOfEachKeyWithTwoReplicasAndConcurrentWriters() throws Exception {
    int writers = 8;
    int each = 160;
    int keys = 4;
    Topic topic = TestTopics.created(3);
    TestPostgres.Database database = Replica.databaseWithOutbox();
    try (Replica one = replicaWithSmallBatches(database);
        Replica two = replicaWithSmallBatches(database);
        ExecutorService pool = Executors.newFixedThreadPool(writers)) {
      one.jdbc.execute("create table counter (key text primary key, n int not null)");
      IntStream.range(0, keys)
          .forEach(key -> one.jdbc.update("insert into counter values (?, 0)", "key-" + key));
      one.relay.start();
      two.relay.start();
      List<Future<?>> running = new ArrayList<>();
      for (int writer = 0; writer < writers; writer++) {
        Replica replica = writer % 2 == 0 ? one : two;
        running.add(
            pool.submit(() -> {
              for (int i = 0; i < each; i++) {
                sayNext(replica, topic, "key-" + i % keys);
              }
            }));
      }
      for (Future<?> writer : running) {
        writer.get();
      }
      await().atMost(LONG).until(() -> one.waiting() == 0);
    }

    Map<String, List<Integer>> byKey = saidByKey(TestKafka.recordsOf(topic.name()));
    assertThat(byKey).hasSize(keys);
    assertThat(byKey.values())
        .allSatisfy(numbers ->
            assertThat(numbers)
                .containsExactlyElementsOf(
                    IntStream.rangeClosed(1, writers * each / keys).boxed().toList()));
  }

  @Test
  void sendsNothingOfATransactionThatRollsBack() {
    Topic topic = TestTopics.created(1);
    try (Replica replica = new Replica(Replica.databaseWithOutbox())) {
      replica.relay.start();
      replica.transactions.executeWithoutResult(status -> {
        replica.outbox.send(topic, "key", new Said("key", 1));
        status.setRollbackOnly();
      });
      replica.commit(topic, "key", new Said("key", 2));
      await().atMost(LONG).until(() -> !TestKafka.recordsOf(topic.name()).isEmpty());
      await().atMost(LONG).until(() -> replica.waiting() == 0);
    }

    assertThat(numbers(TestKafka.recordsOf(topic.name()))).containsExactly(2);
  }

  @Test
  void refusesToSendOutsideATransaction() {
    try (Replica replica = new Replica(Replica.databaseWithOutbox())) {
      assertThatThrownBy(() -> replica.outbox.send(Topics.TRACE_EVENTS, "key", new Said("key", 1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("trace.events");
      assertThat(replica.waiting()).isZero();
    }
  }

  @Test
  void aRelayThatHangsLosesItsLockInTheEnd() throws Exception {
    TestPostgres.Database database = Replica.databaseWithOutbox();
    var own =
        new SingleConnectionDataSource(
            database.jdbcUrl(), database.username(), database.password(), true);
    try (var table = new OutboxTable(own, own, 10)) {
      assertThat(table.lock()).isTrue();
      assertThat(
              new JdbcTemplate(own)
                  .queryForObject("show idle_in_transaction_session_timeout", String.class))
          .isEqualTo("2min");
    } finally {
      own.destroy();
    }
  }

  @Test
  void sendsAgainInOrderAfterACrashBetweenSendAndDelete() {
    Topic topic = TestTopics.created(1);
    TestPostgres.Database database = Replica.databaseWithOutbox();
    var sends = new AtomicInteger();
    // With the fifth record on the broker, the relay's database session dies before it can delete.
    Runnable crash =
        () -> {
          if (sends.incrementAndGet() == 5) {
            endSessionsOfRelay(database);
          }
        };
    try (Replica replica =
        new Replica(database, TestKafka.bootstrapServers(), 500, afterEachSend(crash))) {
      replica.transactions.executeWithoutResult(status ->
          IntStream.rangeClosed(1, 5)
              .forEach(n -> replica.outbox.send(topic, "key", new Said("key", n))));
      replica.relay.start();
      await().atMost(LONG).until(() -> replica.waiting() == 0);
    }

    assertThat(numbers(TestKafka.recordsOf(topic.name())))
        .containsExactly(1, 2, 3, 4, 5, 1, 2, 3, 4, 5);
  }

  @Test
  void everythingArrivesInOrderAfterTheBrokerWasAway() throws Exception {
    Topic topic = TestTopics.declared(1);
    try (TcpProxy wire = TcpProxy.listen()) {
      EmbeddedKafkaKraftBroker broker = brokerBehind(wire);
      try (Replica replica =
              new Replica(
                  Replica.databaseWithOutbox(),
                  "localhost:" + wire.port(),
                  500,
                  UnaryOperator.identity());
          var provisioner =
              new AdminTopicProvisioner(
                  () ->
                      Admin.create(
                          Map.of("bootstrap.servers", (Object) ("localhost:" + wire.port()))),
                  1,
                  Duration.ofSeconds(30))) {
        provisioner.ensure(topic);
        replica.relay.start();
        replica.commit(topic, "key", new Said("key", 1));
        await().atMost(LONG).until(() -> replica.metric("heddle.outbox.sent") >= 1);

        wire.cut();
        IntStream.rangeClosed(2, 20).forEach(n -> replica.commit(topic, "key", new Said("key", n)));
        await().atMost(LONG).until(() -> replica.metric("heddle.outbox.failed") > 0);
        assertThat(replica.waiting()).isEqualTo(19);
        await().atMost(LONG).until(() -> replica.metric("heddle.outbox.depth") == 19);

        wire.restore();
        await().atMost(LONG).until(() -> replica.waiting() == 0);
        assertThat(
                numbers(TestKafka.recordsOf("localhost:" + wire.port(), topic.name())).stream()
                    .distinct())
            .containsExactlyElementsOf(IntStream.rangeClosed(1, 20).boxed().toList());
      } finally {
        broker.destroy();
      }
    }
  }

  @Test
  void parksWhatTheBrokerRefusesForEverAndGoesOn() {
    Topic topic = TestTopics.created(1);
    Topic unnameable =
        new Topic("no topic/has this name", 1, "key", "nobody", Duration.ofDays(1), false);
    String tooLargeForTheBroker = "x".repeat(MessagingLimits.TOPIC_MESSAGE_BYTES + 1);
    String tooLargeForTheClient = "y".repeat(MessagingLimits.PARKED_MESSAGE_BYTES + 1);
    String largest = "z".repeat(Topic.MAX_RECORD_BYTES - 2);
    try (Replica replica = new Replica(Replica.databaseWithOutbox())) {
      replica.relay.start();
      replica.transactions.executeWithoutResult(status -> {
        replica.outbox.send(topic, "key", "first");
        replica.outbox.send(topic, "key", tooLargeForTheBroker);
        replica.outbox.send(topic, "key", largest);
        replica.outbox.send(unnameable, "key", "nowhere");
        replica.outbox.send(topic, "key", tooLargeForTheClient);
        replica.outbox.send(topic, "key", "last");
      });
      await().atMost(LONG).until(() -> replica.waiting() == 0);
      assertThat(replica.metric("heddle.outbox.parked")).isEqualTo(3);
      assertThat(
              replica
                  .meters
                  .get("heddle.parked.records")
                  .tag("topic", topic.name())
                  .tag("code", "refused")
                  .counter()
                  .count())
          .isEqualTo(2);
    }

    assertThat(TestKafka.recordsOf(topic.name()))
        .extracting(record -> Json.read(record.value(), String.class))
        .containsExactly("first", largest, "last");
    assertThat(parkedFrom(topic.name()))
        .hasSize(2)
        .allSatisfy(parked -> {
          assertThat(parked.code()).isEqualTo("refused");
          assertThat(parked.key()).isEqualTo("key");
          assertThat(parked.consumer()).isEqualTo("test-service");
          assertThat(parked.offset()).isEqualTo(-1);
          assertThat(Base64.getDecoder().decode(parked.payload()))
              .hasSize(MessagingLimits.PARKED_PAYLOAD_BYTES);
        });
    assertThat(parkedFrom(unnameable.name())).hasSize(1);
  }

  @Test
  void aMissingTopicHoldsUpNoOther() {
    Topic present = TestTopics.created(1);
    Topic missing = TestTopics.declared(1);
    try (Replica replica = new Replica(Replica.databaseWithOutbox())) {
      replica.transactions.executeWithoutResult(status -> {
        replica.outbox.send(missing, "key", new Said("key", 1));
        replica.outbox.send(missing, "key", new Said("key", 2));
        replica.outbox.send(present, "key", new Said("key", 3));
      });
      replica.relay.start();
      await().atMost(LONG).until(() -> replica.waiting() == 2);
      assertThat(numbers(TestKafka.recordsOf(present.name()))).containsExactly(3);

      try (AdminTopicProvisioner provisioner = TestTopics.provisioner()) {
        provisioner.ensure(missing);
      }
      await().atMost(LONG).until(() -> replica.waiting() == 0);
      assertThat(numbers(TestKafka.recordsOf(missing.name()))).containsExactly(1, 2);
    }
  }

  @Test
  void sendsWhatAKilledProcessLeftWithoutBeingWoken() {
    Topic topic = TestTopics.created(1);
    TestPostgres.Database database = Replica.databaseWithOutbox();
    try (Replica killed = new Replica(database);
        Replica next = new Replica(database)) {
      next.relay.start();
      // Its relay never runs, so only the sweep of the other finds the row.
      killed.commit(topic, "key", new Said("key", 1));
      await().atMost(LONG).until(() -> next.waiting() == 0);
    }

    assertThat(numbers(TestKafka.recordsOf(topic.name()))).containsExactly(1);
  }

  @Test
  void tellsDepthAndAgeOfWhatWaits() {
    Topic missing = TestTopics.declared(1);
    try (Replica replica = new Replica(Replica.databaseWithOutbox())) {
      replica.commit(missing, "key", new Said("key", 1));
      replica.jdbc.update(
          "update outbox set created_at = ?",
          java.sql.Timestamp.from(replica.clock.instant().minusSeconds(90)));
      replica.relay.start();
      await().atMost(LONG).until(() -> replica.metric("heddle.outbox.depth") == 1);
      assertThat(replica.metric("heddle.outbox.oldest.age")).isEqualTo(90.0);
      replica.clock.advance(Duration.ofSeconds(5));
      assertThat(replica.metric("heddle.outbox.oldest.age")).isEqualTo(95.0);
    }
  }

  @Test
  void stopsAndStartsAgain() {
    Topic topic = TestTopics.created(1);
    // Contexts of other tests in this JVM have relays of their own.
    Set<Thread> ofOthers = relayThreads();
    try (Replica replica = new Replica(Replica.databaseWithOutbox())) {
      replica.relay.start();
      assertThat(relayThreads()).hasSize(ofOthers.size() + 1);
      replica.commit(topic, "key", new Said("key", 1));
      await().atMost(LONG).until(() -> replica.waiting() == 0);

      // By itself, long before its patience ends and it is interrupted.
      assertTimeout(Duration.ofSeconds(10), () -> replica.relay.stop());
      assertThat(replica.relay.isRunning()).isFalse();
      assertThat(relayThreads()).isEqualTo(ofOthers);
      replica.commit(topic, "key", new Said("key", 2));
      assertThat(replica.waiting()).isEqualTo(1);

      replica.relay.start();
      await().atMost(LONG).until(() -> replica.waiting() == 0);
    }
    assertThat(numbers(TestKafka.recordsOf(topic.name()))).containsExactly(1, 2);
  }

  private static Set<Thread> relayThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("outbox-relay"))
        .collect(Collectors.toSet());
  }

  /** Small batches make the two replicas take turns often. */
  private static Replica replicaWithSmallBatches(TestPostgres.Database database) {
    return new Replica(database, TestKafka.bootstrapServers(), 10, UnaryOperator.identity());
  }

  /** Locks the counter of a key before it stores what it says, as services must. */
  private static void sayNext(Replica replica, Topic topic, String key) {
    replica.transactions.executeWithoutResult(status -> {
      int n =
          replica.jdbc.queryForObject(
              "update counter set n = n + 1 where key = ? returning n", Integer.class, key);
      replica.outbox.send(topic, key, new Said(key, n));
    });
  }

  /** A wire that acts when a record is on the broker and its acknowledgement not yet back. */
  @SuppressWarnings("unchecked") // a proxy has no type arguments
  private static UnaryOperator<ProducerFactory<String, byte[]>> afterEachSend(Runnable action) {
    return real ->
        () -> {
          Producer<String, byte[]> producer = real.createProducer();
          return (Producer<String, byte[]>)
              Proxy.newProxyInstance(
                  Producer.class.getClassLoader(),
                  new Class<?>[] {Producer.class},
                  (proxy, method, arguments) -> {
                    Object result = method.invoke(producer, arguments);
                    if (method.getName().equals("send")) {
                      ((Future<?>) result).get();
                      action.run();
                    }
                    return result;
                  });
        };
  }

  private static void endSessionsOfRelay(TestPostgres.Database database) {
    TestPostgres.execute(
        "postgres",
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = '%s' and application_name = 'heddle-outbox'"
            .formatted(database.username()));
  }

  private static EmbeddedKafkaKraftBroker brokerBehind(TcpProxy wire) {
    var broker = new EmbeddedKafkaKraftBroker(1, 1);
    broker.brokerProperty("advertised.listeners", "EXTERNAL://localhost:" + wire.port());
    broker.afterPropertiesSet();
    String address = broker.getBrokersAsString();
    wire.to(Integer.parseInt(address.substring(address.indexOf(':') + 1)));
    return broker;
  }

  private static List<Integer> numbers(List<ConsumerRecord<String, byte[]>> records) {
    return records.stream().map(record -> Json.read(record.value(), Said.class).n()).toList();
  }

  private static Map<String, List<Integer>> saidByKey(
      List<ConsumerRecord<String, byte[]>> records) {
    Map<String, List<Integer>> byKey = new HashMap<>();
    for (ConsumerRecord<String, byte[]> record : records) {
      byKey
          .computeIfAbsent(record.key(), key -> new ArrayList<>())
          .add(Json.read(record.value(), Said.class).n());
    }
    return byKey;
  }

  private static List<ParkedRecord> parkedFrom(String topic) {
    return TestKafka.recordsOf(Topics.PARKED.name()).stream()
        .filter(record -> topic.equals(record.key()))
        .map(record -> Json.read(record.value(), ParkedRecord.class))
        .toList();
  }
}
