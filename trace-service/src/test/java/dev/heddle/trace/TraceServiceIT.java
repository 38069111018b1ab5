package dev.heddle.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.TraceRecord;
import dev.heddle.messaging.Json;
import dev.heddle.messaging.TopicProvisioner;
import dev.heddle.testkit.TestIdentity;
import dev.heddle.testkit.TestKafka;
import dev.heddle.testkit.TestPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole service on a real database and broker; one context for all tests. */
@SpringBootTest(classes = TraceApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT)
public abstract class TraceServiceIT {

  protected static final TestPostgres.Database DATABASE = TestPostgres.database("trace");
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @LocalServerPort protected int port;
  @Autowired protected JdbcTemplate jdbc;
  @Autowired protected ProducerFactory<String, byte[]> producers;
  @Autowired private TopicProvisioner topics;

  @DynamicPropertySource
  static void servers(DynamicPropertyRegistry registry) {
    DATABASE.register(registry);
    TestKafka.register(registry);
    TestIdentity.gateway().register(registry);
    registry.add("heddle.trace.stream.heartbeat", () -> "1s");
    registry.add("heddle.trace.stream.buffer-events", () -> "200");
    registry.add("heddle.trace.changes.heartbeat", () -> "1s");
    registry.add("heddle.trace.changes.buffer-events", () -> "50");
    registry.add("heddle.trace.changes.idle", () -> "300ms");
  }

  @BeforeEach
  void parkingIsThere() {
    topics.ensure(Topics.PARKED);
  }

  /** Another instance of the service beside the shared one. */
  protected static ConfigurableApplicationContext anotherInstance(String... further) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                "--spring.datasource.url=" + DATABASE.jdbcUrl(),
                "--spring.datasource.username=" + DATABASE.username(),
                "--spring.datasource.password=" + DATABASE.password(),
                "--spring.kafka.bootstrap-servers=" + TestKafka.bootstrapServers(),
                "--heddle.security.gateway-public-key=file:"
                    + TestIdentity.gateway().publicKeyFile(),
                "--heddle.trace.stream.heartbeat=1s"));
    arguments.addAll(List.of(further));
    return new SpringApplicationBuilder(TraceApplication.class)
        .run(arguments.toArray(String[]::new));
  }

  protected static int portOf(ConfigurableApplicationContext instance) {
    return Integer.parseInt(
        String.valueOf(instance.getEnvironment().getProperty("local.server.port")));
  }

  /** Writes records to the log, as their producers do, and returns when the broker has them. */
  protected void publish(List<? extends TraceRecord> records) {
    List<ProducerRecord<String, byte[]>> messages = new ArrayList<>();
    for (TraceRecord record : records) {
      messages.add(
          new ProducerRecord<>(Topics.TRACE_EVENTS.name(), record.key(), Json.bytes(record)));
    }
    send(messages);
  }

  protected void send(List<ProducerRecord<String, byte[]>> messages) {
    try (Producer<String, byte[]> producer = producers.createProducer()) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      messages.forEach(message -> sent.add(producer.send(message)));
      for (Future<RecordMetadata> one : sent) {
        one.get();
      }
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  protected long stored(SessionId session) {
    Long count =
        jdbc.queryForObject(
            "select count(*) from trace_event where session_id = ?", Long.class, session.value());
    return count == null ? 0 : count;
  }

  protected void awaitStored(SessionId session, long count) {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(() -> assertThat(stored(session)).isEqualTo(count));
  }

  protected HttpResponse<String> get(String path, String... headers) {
    return get(port, path, headers);
  }

  protected static HttpResponse<String> get(int at, String path, String... headers) {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at + path))
              .timeout(Duration.ofSeconds(20));
      if (headers.length == 0) {
        request.header("Authorization", TestIdentity.bearer("local"));
      } else if (headers.length > 1) {
        request.headers(headers);
      }
      return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  protected HttpResponse<String> post(String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(20))
            .headers(headers)
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    try {
      return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  protected JsonNode json(String path) {
    HttpResponse<String> response = get(path);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return MAPPER.readTree(response.body());
  }

  protected Sse stream(String path) {
    return Sse.open(port, path, null);
  }

  /** The stored sequence of a session or thread, as cursors are made: by position. */
  protected List<String> storedSequence(String column, Object id) {
    return jdbc.query(
        "select session_id, attempt, origin, seq from trace_event where "
            + column
            + " = ? and not superseded order by position",
        (row, _) ->
            row.getString(1) + ":" + row.getInt(2) + ":" + row.getString(3) + ":" + row.getLong(4),
        id);
  }

  /** How tests name an event. */
  protected static String name(JsonNode event) {
    return event.path("sessionId").asString()
        + ":"
        + event.path("attempt").asInt()
        + ":"
        + event.path("origin").asString()
        + ":"
        + event.path("seq").asLong();
  }
}
