package dev.heddle.thread;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Json;
import dev.heddle.testkit.SettableClock;
import dev.heddle.testkit.TestIdentity;
import dev.heddle.testkit.TestKafka;
import dev.heddle.testkit.TestPostgres;
import dev.heddle.thread.feed.FeedGuard;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.bean.override.convention.TestBean;

/** The whole service with a real database and a real broker; one context for all tests. */
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "heddle.thread.repair.every=100ms",
      "heddle.thread.approval.every=100ms",
      "heddle.thread.budget.every=200ms",
      "heddle.thread.delegation.every=200ms",
      "heddle.thread.delegation.max-tree=20"
    })
public abstract class ThreadServiceSetting {

  private static final SettableClock CLOCK = SettableClock.at("2026-11-21T09:00:00Z");
  private static final AtomicInteger NAMES = new AtomicInteger();
  private static final List<String> TABLES =
      List.of(
          "project",
          "thread",
          "thread_run",
          "thread_session",
          "message",
          "transition",
          "follow_up",
          "unanswered_request",
          "session_command",
          "steered_message",
          "approval",
          "rule",
          "thread_engine_state",
          "plan_revision",
          "checkpoint",
          "compaction",
          "attempt_usage",
          "thread_usage",
          "delegation",
          "delegation_request",
          "thread_feed",
          "user_setting",
          "audit",
          "idempotency_key");

  private static boolean guarded;

  @TestBean(name = "clock")
  protected Clock clock;

  @LocalServerPort private int port;
  @Autowired protected JdbcClient jdbc;
  @Autowired private ProducerFactory<Object, Object> producers;

  protected Http http;
  protected Wire wire;

  static Clock clock() {
    return CLOCK;
  }

  @DynamicPropertySource
  static void servers(DynamicPropertyRegistry registry) {
    TestPostgres.register(registry, "thread");
    TestKafka.register(registry);
    TestIdentity.gateway().register(registry);
  }

  /** Gives a new identity, which lasts for some minutes. */
  @BeforeEach
  protected void openDoor() {
    http = new Http(port, TestIdentity.bearer("ada"));
    if (!guarded) {
      FeedGuard.install(jdbc);
      guarded = true;
    }
    // Not before the context has made the topics.
    wire = Wire.tap();
    tick();
  }

  protected static SettableClock time() {
    return CLOCK;
  }

  protected static void tick() {
    CLOCK.advance(Duration.ofSeconds(1));
  }

  protected Http as(String authorization) {
    return new Http(port, authorization);
  }

  /** Makes a project of an unused name and returns that. */
  protected String project() {
    String name = "project-" + NAMES.incrementAndGet();
    assertThat(http.post("/api/projects", Map.of("name", name)).status()).isEqualTo(201);
    return name;
  }

  protected static String fresh(String prefix) {
    return prefix + "-" + NAMES.incrementAndGet();
  }

  protected void publish(SessionChanged change) {
    publish(List.of(change));
  }

  /** Sends what session-service would, in order. */
  protected void publish(List<SessionChanged> changes) {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try (var producer = producers.createProducer()) {
      for (SessionChanged change : changes) {
        sent.add(
            producer.send(
                new ProducerRecord<>(
                    Topics.SESSION_CHANGED.name(), change.key(), Json.bytes(change))));
      }
      producer.flush();
    }
    assertThat(sent)
        .allMatch(Future::isDone)
        .noneMatch(future -> future.state() == Future.State.FAILED);
  }

  /**
   * How many rows there are. The outbox is left out: the repair writes there at any time, and what
   * others write there goes with rows of these tables.
   */
  protected Map<String, Long> rows() {
    Map<String, Long> rows = new TreeMap<>();
    for (String table : TABLES) {
      rows.put(table, count("select count(*) from " + table));
    }
    return rows;
  }

  protected long count(String sql) {
    return jdbc.sql(sql).query(Long.class).single();
  }
}
