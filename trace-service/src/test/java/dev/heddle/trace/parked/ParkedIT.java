package dev.heddle.trace.parked;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.ParkedRecord;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.TraceRecord;
import dev.heddle.messaging.Json;
import dev.heddle.testkit.Poison;
import dev.heddle.testkit.TestIdentity;
import dev.heddle.testkit.TestKafka;
import dev.heddle.trace.Run;
import dev.heddle.trace.TraceServiceIT;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ParkedIT extends TraceServiceIT {

  private static final String TRACE = Topics.TRACE_EVENTS.name();
  private static final String ADMIN = TestIdentity.gateway().bearer("root", "admin");
  private static final String VIEWER = TestIdentity.gateway().bearer("eve", "viewer");

  @Autowired private MeterRegistry meters;
  @Autowired private ParkedListener listener;
  @Autowired private Clock clock;

  @Test
  void whatIngestCannotTakeIsParkedCountedAndListedAndTheNextIsStored() {
    Run run = Run.ofThread();
    String thread = run.thread.toString();
    double before = counted(TRACE);
    List<ProducerRecord<String, byte[]>> messages = new ArrayList<>();
    for (Poison poison : Poison.values()) {
      messages.add(new ProducerRecord<>(TRACE, thread, poison.payload()));
    }
    messages.add(message(TRACE, thread, "{\"type\":\"from.the.future\"}"));
    messages.add(message(TRACE, thread, Json.string(Run.ofThread().prompt("p").drain().get(0))));
    send(messages);

    publish(run.prompt("p").drain());

    awaitStored(run.session, 1);
    List<JsonNode> listed = awaitListed(TRACE, thread, messages.size());
    assertThat(listed)
        .extracting(item -> item.path("code").asString())
        .hasSize(messages.size())
        .containsOnlyOnce("unknown_type", "wrong_key");
    assertThat(listed)
        .extracting(item -> item.path("consumer").asString())
        .containsOnly(Topics.TRACE_SERVICE);
    assertThat(counted(TRACE) - before).isEqualTo(messages.size());
  }

  @Test
  void whatIsUnreadableAmongTheParkedIsParkedItselfAndBlocksNothing() {
    String key = Run.id().toString();
    List<ProducerRecord<String, byte[]>> messages = new ArrayList<>();
    for (Poison poison : Poison.values()) {
      messages.add(new ProducerRecord<>("parked", key, poison.payload()));
    }
    messages.add(message("parked", key, "{\"topic\":\"t\"}"));
    String whole = Json.string(parked(key, "one".getBytes(UTF_8), Map.of()));
    messages.add(
        message("parked", key, whole.replace(base64("one".getBytes(UTF_8)), "no Base64!")));
    send(messages);

    assertThat(awaitListed("parked", key, messages.size()))
        .hasSize(messages.size())
        .extracting(item -> item.path("code").asString())
        .containsOnlyOnce("failed");
  }

  @Test
  void aRecordThatIsParkedTwiceIsListedOnceForEachConsumerAndContent() {
    String key = Run.id().toString();
    ParkedRecord parked = parked(key, "one".getBytes(UTF_8), Map.of());
    ParkedRecord other =
        new ParkedRecord(
            parked.topic(),
            3,
            42,
            key,
            parked.payload(),
            Map.of(),
            "failed",
            "r",
            "other",
            clock.instant(),
            null);
    ParkedRecord anew = parked(key, "two".getBytes(UTF_8), Map.of());
    park(parked, parked, other, parked, anew, other, anew);
    park(parked(key, "last".getBytes(UTF_8), Map.of()));

    assertThat(awaitListed(parked.topic(), key, 4)).hasSize(4);
  }

  @Test
  void whatPostgresqlRefusesIsStoredCleanAndIsNotSentAsIfItWereWhole() {
    String topic = "nul-" + Run.id();
    park(
        new ParkedRecord(
            topic,
            0,
            1,
            "k\u0000",
            base64("x".getBytes(UTF_8)),
            Map.of("h", "a\u0000b"),
            "failed",
            "because of \u0000",
            "c",
            clock.instant(),
            null));

    JsonNode stored = awaitListed(topic, "k\uFFFD", 1).getFirst();

    assertThat(stored.path("reason").asString()).isEqualTo("because of \uFFFD");
    assertProblem(replay(id(stored), "{}"), 409, "not_replayable");
  }

  @Test
  void theListIsFilteredAndReadInPages() {
    String topic = "list-" + Run.id();
    for (int n = 0; n < 5; n++) {
      park(at(topic, n, n == 2 ? "refused" : "failed", n == 3 ? "b" : "a", clock.instant()));
    }
    awaitListed(topic, "key", 5);

    assertThat(offsets("?topic=" + topic)).containsExactly(4L, 3L, 2L, 1L, 0L);
    assertThat(offsets("?topic=" + topic + "&code=refused")).containsExactly(2L);
    assertThat(offsets("?topic=" + topic + "&consumer=b")).containsExactly(3L);
    assertThat(offsets("?topic=" + topic + "&state=replayed")).isEmpty();
    JsonNode first = json("/api/parked?limit=3&topic=" + topic);
    assertThat(first.path("items")).hasSize(3);
    assertThat(
            offsets(
                "?limit=3&topic=%s&cursor=%s"
                    .formatted(topic, first.path("nextCursor").asString())))
        .containsExactly(1L, 0L);
  }

  @ParameterizedTest
  @CsvSource({
    "?state=lost, 400, invalid_parameter",
    "?limit=0, 400, invalid_parameter",
    "?cursor=nonsense, 400, bad_cursor",
    "?cursor=AAAAAW0, 400, bad_cursor",
    "/nonsense, 400, invalid_parameter",
    "/0199a2c4-7e00-7abc-8def-0123456789ab, 404, unknown_parked_record"
  })
  void aWrongQuestionIsRefusedWithItsCode(String path, int status, String code) {
    assertProblem(get("/api/parked" + path), status, code);
  }

  @Test
  void aViewerSeesTheListAndNothingElse() {
    String topic = "roles-" + Run.id();
    park(at(topic, 1, "failed", "c", clock.instant()));
    String id = id(awaitListed(topic, "key", 1).getFirst());

    assertThat(get("/api/parked", "Authorization", VIEWER).statusCode()).isEqualTo(200);
    assertProblem(get("/api/parked/" + id, "Authorization", VIEWER), 403, "forbidden");
    assertProblem(replayAs(VIEWER, id, "{}", null), 403, "forbidden");
    assertThat(get("/api/parked", "X", "y").statusCode()).isEqualTo(401);
  }

  @Test
  void aReplayIsSentOnceAsItWasAndParkedAgainUnderItsOwnId() {
    Run run = Run.ofThread();
    String key = run.thread.toString();
    var broken = message(TRACE, key, "{\"type\":\"from.the.future\"}");
    broken.headers().add("traceparent", "00-1".getBytes(UTF_8));
    send(List.of(broken));
    JsonNode first = awaitListed(TRACE, key, 1).getFirst();

    HttpResponse<String> sent = replayAs(TestIdentity.bearer("ann"), id(first), "", "key-1");
    HttpResponse<String> repeated = replayAs(TestIdentity.bearer("ann"), id(first), "", "key-1");

    assertThat(sent.statusCode()).as(sent.body()).isEqualTo(202);
    assertThat(repeated.statusCode()).isEqualTo(202);
    assertThat(repeated.body()).isEqualTo(sent.body());
    JsonNode again = awaitListed(TRACE, key, 2).getFirst();
    assertThat(again.path("replayOf").asString()).isEqualTo(id(first));
    assertThat(again.path("state").asString()).isEqualTo("parked");
    JsonNode shown = json("/api/parked/" + id(first));
    assertThat(shown.path("state").asString()).isEqualTo("replayed");
    assertThat(shown.path("replayedBy").asString()).isEqualTo("ann");
    assertThat(shown.path("content").path("text").asString()).contains("from.the.future");
    assertThat(shown.path("content").path("parkedAgain"))
        .singleElement()
        .extracting(JsonNode::asString)
        .isEqualTo(id(again));
    assertThat(onTopic(key).getLast().headers())
        .extracting(header -> header.key() + "=" + new String(header.value(), UTF_8))
        .containsExactlyInAnyOrder("traceparent=00-1", "heddle-replay-of=" + id(first));

    assertProblem(replay(id(first), "{}"), 409, "already_replayed");
    assertThat(replay(id(first), "{\"force\":true}").statusCode()).isEqualTo(202);
    awaitListed(TRACE, key, 3);
    assertThat(replay(id(again), "{}").statusCode()).isEqualTo(202);
    assertThat(awaitListed(TRACE, key, 4).getFirst().path("replayOf").asString())
        .isEqualTo(id(again));
    assertThat(onTopic(key)).hasSize(4);
  }

  @Test
  void anAdminSendsAMendedPayload() {
    Run run = Run.ofThread().prompt("mended");
    TraceRecord good = run.drain().getFirst();
    String mended = Json.string(Map.of("payload", Json.string(good)));
    send(List.of(message(TRACE, good.key(), Json.string(good).substring(1))));
    String id = id(awaitListed(TRACE, good.key(), 1).getFirst());

    assertProblem(replay(id, mended), 403, "forbidden");
    assertThat(replayAs(ADMIN, id, mended, null).statusCode()).isEqualTo(202);

    awaitStored(run.session, 1);
  }

  @Test
  void whatIsNotWholeIsSentOnlyWithWhatItLacks() {
    Run run = Run.ofThread().prompt("p");
    TraceRecord good = run.drain().getFirst();
    String topic = "half-" + Run.id();
    Instant now = clock.instant();
    park(
        new ParkedRecord(topic, 0, 1, "key", null, null, "failed", "r", "c", now, null),
        new ParkedRecord(
            topic, 0, 2, null, base64("x".getBytes(UTF_8)), null, "failed", "r", "c", now, null),
        new ParkedRecord(
            TRACE,
            0,
            -1,
            good.key(),
            base64("x".getBytes(UTF_8)),
            null,
            "refused",
            "r",
            "c",
            now,
            true));
    awaitListed(topic, "key", 1);
    await().until(() -> listed("?topic=" + topic).size() == 2);
    for (JsonNode item : listed("?topic=" + topic)) {
      assertProblem(replay(id(item), "{}"), 409, "not_replayable");
    }
    String id = id(awaitListed(TRACE, good.key(), 1).getFirst());
    String payload = Json.string(good);
    assertProblem(
        replayAs(ADMIN, id, Json.string(Map.of("payload", payload)), null), 409, "not_replayable");

    assertThat(
            replayAs(ADMIN, id, Json.string(Map.of("payload", payload, "key", good.key())), null)
                .statusCode())
        .isEqualTo(202);
    awaitStored(run.session, 1);
  }

  @Test
  void whatIsOfNoTopicThatThereIsIsNotSentAnywhere() {
    String topic = "gone-" + Run.id();
    park(at(topic, 1, "failed", "c", clock.instant()));

    HttpResponse<String> answer = replay(id(awaitListed(topic, "key", 1).getFirst()), "{}");

    assertProblem(answer, 409, "not_replayable");
    assertThat(answer.body()).contains(topic);
    assertThat(
            jdbc.queryForObject("select count(*) from outbox where topic = ?", Long.class, topic))
        .isZero();
  }

  @Test
  void recordsAreForgottenWithTheirTopic() {
    String topic = "old-" + Run.id();
    Instant kept = clock.instant().minus(Topics.PARKED.retention());
    park(
        at(topic, 1, "failed", "c", kept.minus(Duration.ofMinutes(1))),
        at(topic, 2, "failed", "c", kept.plus(Duration.ofMinutes(5))));
    awaitListed(topic, "key", 2);

    listener.forgetTheOld();

    assertThat(offsets("?topic=" + topic)).containsExactly(2L);
  }

  private static ParkedRecord parked(String key, byte[] payload, Map<String, String> headers) {
    return new ParkedRecord(
        "some.topic",
        3,
        42,
        key,
        base64(payload),
        headers,
        "failed",
        "r",
        "c",
        Instant.parse("2026-11-21T10:00:00Z"),
        null);
  }

  private static ParkedRecord at(
      String topic, long offset, String code, String consumer, Instant at) {
    return new ParkedRecord(
        topic,
        0,
        offset,
        "key",
        base64(new byte[] {1, 2}),
        Map.of(),
        code,
        "r",
        consumer,
        at,
        null);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private void park(ParkedRecord... records) {
    send(
        Stream.of(records)
            .map(record -> new ProducerRecord<>("parked", record.topic(), Json.bytes(record)))
            .toList());
  }

  private static ProducerRecord<String, byte[]> message(String topic, String key, String json) {
    return new ProducerRecord<>(topic, key, json.getBytes(UTF_8));
  }

  private static List<org.apache.kafka.clients.consumer.ConsumerRecord<String, byte[]>> onTopic(
      String key) {
    return TestKafka.recordsOf(TRACE).stream().filter(r -> key.equals(r.key())).toList();
  }

  private List<JsonNode> listed(String query) {
    List<JsonNode> items = new ArrayList<>();
    json("/api/parked" + query).path("items").forEach(items::add);
    return items;
  }

  /** The records of a topic and key, once there are so many; the latest first. */
  private List<JsonNode> awaitListed(String topic, String key, int count) {
    return await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                listed("?limit=200&topic=" + topic).stream()
                    .filter(item -> item.path("key").asString("").equals(key))
                    .toList(),
            items -> items.size() >= count);
  }

  private List<Long> offsets(String query) {
    return listed(query).stream().map(item -> item.path("offset").asLong()).toList();
  }

  private HttpResponse<String> replay(String id, String body) {
    return replayAs(TestIdentity.bearer("ann"), id, body, null);
  }

  private HttpResponse<String> replayAs(String who, String id, String body, String key) {
    List<String> headers = new ArrayList<>(List.of("Authorization", who));
    if (key != null) {
      headers.addAll(List.of("Idempotency-Key", key));
    }
    return post("/api/parked/" + id + "/replay", body, headers.toArray(String[]::new));
  }

  private static void assertProblem(HttpResponse<String> answer, int status, String code) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(JsonMapper.shared().readTree(answer.body()).path("code").asString()).isEqualTo(code);
  }

  private static String id(JsonNode item) {
    return item.path("id").asString();
  }

  private double counted(String topic) {
    return meters.find("heddle.parked.records").tag("topic", topic).counters().stream()
        .mapToDouble(Counter::count)
        .sum();
  }
}
