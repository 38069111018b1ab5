package dev.heddle.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.heddle.contracts.ParkedRecord;
import dev.heddle.contracts.Topic;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.TraceId;
import dev.heddle.testkit.TestKafka;
import dev.heddle.testkit.TestPostgres;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.transaction.support.TransactionTemplate;

/** A service as the auto-configuration makes it, on a real database and a real broker. */
@SpringBootTest(
    properties = {
      "heddle.messaging.service=trace-service",
      "spring.sql.init.mode=always",
      "spring.sql.init.schema-locations=classpath:db/messaging/V0.1__outbox.sql,classpath:applied.sql"
    })
class MessagingIT {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Topic NOTES =
      new Topic("notes", 1, "note", "test-service", Duration.ofDays(1), false);
  private static final Topic ECHOES =
      new Topic("echoes", 1, "note", "test-service", Duration.ofDays(1), false);
  private static final TestPostgres.Database DATABASE = TestPostgres.database("trace");

  @DynamicPropertySource
  static void servers(DynamicPropertyRegistry registry) {
    // Not TestKafka.register, which makes every topic: here the service makes its own.
    registry.add("spring.kafka.bootstrap-servers", TestKafka::bootstrapServers);
    DATABASE.register(registry);
    try (AdminTopicProvisioner provisioner = TestTopics.provisioner()) {
      provisioner.ensure(NOTES, ECHOES, Topics.PARKED);
    }
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  sealed interface Fact {}

  @JsonTypeName("note")
  record Note(String run, int n, String kind) implements Fact {}

  @Configuration
  @EnableAutoConfiguration
  static class Service {

    @Bean
    MeterRegistry meters() {
      return new SimpleMeterRegistry();
    }

    @Bean
    NoteListener listener(Inbound inbound, JdbcTemplate jdbc, Outbox outbox) {
      return new NoteListener(inbound, jdbc, outbox);
    }
  }

  /** Writes down each note; what else it does, the note says. */
  static class NoteListener {

    private final Inbound inbound;
    private final JdbcTemplate jdbc;
    private final Outbox outbox;
    private final AtomicInteger outages = new AtomicInteger();

    NoteListener(Inbound inbound, JdbcTemplate jdbc, Outbox outbox) {
      this.inbound = inbound;
      this.jdbc = jdbc;
      this.outbox = outbox;
    }

    @KafkaListener(topics = "notes")
    void on(List<ConsumerRecord<String, byte[]>> records) {
      inbound.handle(records, Fact.class, this::apply);
    }

    private void apply(List<Received<Fact>> received) {
      for (Received<Fact> one : received) {
        Note note = (Note) one.value();
        jdbc.update("insert into applied (run, n) values (?, ?)", note.run(), note.n());
        switch (note.kind()) {
          case "poison" -> throw new IllegalArgumentException("poison");
          case "bad-row" ->
              jdbc.update("insert into applied (run, n) values (?, null)", note.run());
          case "outage" -> {
            // More often than halving the poll would try, the database ends the session in the
            // middle of the transaction.
            if (outages.incrementAndGet() <= 4) {
              int session = jdbc.queryForObject("select pg_backend_pid()", Integer.class);
              TestPostgres.execute(
                  "postgres", "select pg_terminate_backend(%d)".formatted(session));
              jdbc.update("insert into applied (run, n) values (?, -1)", note.run());
            }
          }
          case "echo" -> {
            try (var _ = LogScope.of(one.trace())) {
              outbox.send(ECHOES, note.run(), note);
            }
          }
          default -> {}
        }
      }
    }
  }

  @Autowired Outbox outbox;
  @Autowired TransactionTemplate transactions;
  @Autowired KafkaTemplate<String, byte[]> kafka;
  @Autowired JdbcTemplate jdbc;
  @Autowired MeterRegistry meters;
  @Autowired KafkaListenerEndpointRegistry listeners;

  private String run;

  @BeforeEach
  void name(TestInfo test) {
    run = test.getTestMethod().orElseThrow().getName();
  }

  @Test
  void whatTheOutboxSendsReachesAListenerOnceAndInOrder() {
    transactions.executeWithoutResult(status ->
        IntStream.range(0, 700).forEach(n -> outbox.send(NOTES, "key", new Note(run, n, "plain"))));

    awaitApplied(IntStream.range(0, 700).boxed().toList());
  }

  @Test
  void parksWhatCannotBeReadAndHandlesTheRestOnce() {
    receiveInOnePoll(
        note(0, "plain"),
        "no json".getBytes(UTF_8),
        note(1, "plain"),
        "{\"type\":\"from.the.future\"}".getBytes(UTF_8),
        note(2, "plain"));

    awaitApplied(List.of(0, 1, 2));
    await().atMost(LONG).until(() -> parked().size() == 2);
    assertThat(parked())
        .extracting(ParkedRecord::code)
        .containsExactly("unreadable", "unknown_type");
    ParkedRecord unknown = parked().get(1);
    assertThat(unknown.topic()).isEqualTo("notes");
    assertThat(unknown.reason()).contains("from.the.future");
    assertThat(unknown.consumer()).isEqualTo("trace-service");
    assertThat(Base64.getDecoder().decode(unknown.payload()))
        .isEqualTo("{\"type\":\"from.the.future\"}".getBytes(UTF_8));
    assertThat(
            meters
                .get("heddle.parked.records")
                .tag("topic", "notes")
                .tag("code", "unknown_type")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void parksAPoisonRecordAloneAndAppliesItsNeighboursOnce() {
    receiveInOnePoll(
        IntStream.range(0, 40)
            .mapToObj(n -> note(n, n == 11 ? "poison" : n == 29 ? "bad-row" : "plain"))
            .toArray(byte[][]::new));

    awaitApplied(IntStream.range(0, 40).filter(n -> n != 11 && n != 29).boxed().toList());
    await().atMost(LONG).until(() -> parked().size() == 2);
    assertThat(parked()).extracting(ParkedRecord::code).containsOnly("failed");
    assertThat(parked()).extracting(this::numberOf).containsExactly(11, 29);
  }

  @Test
  void parksTheLargestWholeAndOfTooManyHeadersTheFirst() {
    byte[] large = "x".repeat(MessagingLimits.TOPIC_MESSAGE_BYTES - 1024).getBytes(UTF_8);
    ProducerRecord<String, byte[]> wide =
        new ProducerRecord<>("notes", null, run, "no json".getBytes(UTF_8));
    wide.headers().add("small", "kept".getBytes(UTF_8));
    // Each of these characters takes six bytes in JSON.
    wide.headers().add("wide", "\u0001".repeat(1024 * 1024).getBytes(UTF_8));
    listeners.stop();
    kafka.send("notes", run, large).join();
    kafka.send(wide).join();
    listeners.start();

    await().atMost(LONG).until(() -> parked().size() == 2);
    assertThat(parked()).extracting(ParkedRecord::truncated).containsExactly(null, true);
    assertThat(Base64.getDecoder().decode(parked().getFirst().payload())).isEqualTo(large);
    assertThat(parked().getLast().headers()).containsExactly(Map.entry("small", "kept"));
    receiveInOnePoll(note(0, "plain"));
    awaitApplied(List.of(0));
  }

  @Test
  void whatIsSentOnceMoreGoesOutAsItWas() {
    byte[] payload = {0, 1, 2};
    transactions.executeWithoutResult(
        status -> outbox.resend("notes", run, payload, Map.of(ParkedRecord.REPLAY_OF, "id")));

    await().atMost(LONG).until(() -> parked().size() == 1);
    ParkedRecord again = parked().getFirst();
    assertThat(Base64.getDecoder().decode(again.payload())).isEqualTo(payload);
    assertThat(again.key()).isEqualTo(run);
    assertThat(again.headers()).containsEntry(ParkedRecord.REPLAY_OF, "id");
    assertThat(again.truncated()).isNull();
  }

  @Test
  void triesAgainWithoutLossWhenTheDatabaseGoesAwayInMidTransaction() {
    receiveInOnePoll(note(0, "plain"), note(1, "outage"), note(2, "plain"));

    awaitApplied(List.of(0, 1, 2));
    assertThat(parked()).isEmpty();
  }

  @Test
  void eachRecordOfABatchGoesOnUnderItsOwnTrace() {
    TraceId known = new TraceId("4bf92f3577b34da6a3ce929d0e0e4736");
    String sent = "00-" + known + "-00f067aa0ba902b7-01";
    receiveInOnePoll(
        List.of(
            new ProducerRecord<>("notes", run, note(0, "echo")),
            traced(note(1, "echo"), sent),
            traced(note(2, "echo"), "00-" + known + "-nonsense"),
            new ProducerRecord<>("notes", run, note(3, "echo"))));

    await().atMost(LONG).until(() -> echoes().size() == 4);
    List<TraceId> traces =
        echoes().stream()
            .map(echo -> new String(echo.headers().lastHeader("traceparent").value(), UTF_8))
            .peek(header -> assertThat(header).isNotEqualTo(sent))
            .map(header -> TraceId.ofHeader(header).orElseThrow())
            .toList();
    assertThat(traces).doesNotHaveDuplicates();
    assertThat(traces.get(1)).isEqualTo(known);
  }

  @Test
  void whatIsSaidUnderATraceKeepsItAndWhatIsSaidUnderNoneHasNone() {
    TraceId trace = TraceId.random();
    transactions.executeWithoutResult(status -> {
      try (var _ = LogScope.of(trace)) {
        outbox.send(ECHOES, run, new Note(run, 0, "plain"));
      }
      outbox.send(ECHOES, run, new Note(run, 1, "plain"));
    });

    await().atMost(LONG).until(() -> echoes().size() == 2);
    assertThat(Headers.traceOf(echoes().getFirst())).isEqualTo(trace);
    assertThat(echoes().getLast().headers()).isEmpty();
  }

  private ProducerRecord<String, byte[]> traced(byte[] payload, String traceparent) {
    var record = new ProducerRecord<>("notes", run, payload);
    record.headers().add("traceparent", traceparent.getBytes(UTF_8));
    return record;
  }

  private List<ConsumerRecord<String, byte[]>> echoes() {
    return TestKafka.recordsOf(ECHOES.name()).stream()
        .filter(record -> run.equals(record.key()))
        .toList();
  }

  @Test
  void createsTheTopicsThatItOwnsBeforeAnythingListens() {
    assertThat(kafka.partitionsFor(Topics.TRACE_EVENTS.name()))
        .hasSize(Topics.TRACE_EVENTS.partitions());
  }

  @Test
  void reportsTheOutboxToTheServicesMeters() {
    assertThat(meters.get("heddle.outbox.depth").gauge().value()).isNotNegative();
    assertThat(meters.get("heddle.outbox.sent").counter().count()).isNotNegative();
  }

  /** Sends while nobody listens, so that the listener finds all of them in its first poll. */
  private void receiveInOnePoll(byte[]... payloads) {
    receiveInOnePoll(
        Arrays.stream(payloads)
            .map(payload -> new ProducerRecord<>("notes", run, payload))
            .toList());
  }

  private void receiveInOnePoll(List<ProducerRecord<String, byte[]>> records) {
    listeners.stop();
    records.stream().map(kafka::send).toList().forEach(CompletableFuture::join);
    listeners.start();
  }

  private byte[] note(int n, String kind) {
    return Json.bytes(new Note(run, n, kind));
  }

  private void awaitApplied(List<Integer> expected) {
    Consumer<List<Integer>> complete =
        numbers -> assertThat(numbers).containsExactlyElementsOf(expected);
    await().atMost(LONG).untilAsserted(() -> complete.accept(applied()));
  }

  private List<Integer> applied() {
    return jdbc.queryForList("select n from applied where run = ? order by id", Integer.class, run);
  }

  /** The parked records of this test, told by their key. */
  private List<ParkedRecord> parked() {
    return TestKafka.recordsOf(Topics.PARKED.name()).stream()
        .map(record -> Json.read(record.value(), ParkedRecord.class))
        .filter(record -> run.equals(record.key()))
        .toList();
  }

  private int numberOf(ParkedRecord record) {
    return Json.read(Base64.getDecoder().decode(record.payload()), Note.class).n();
  }
}
