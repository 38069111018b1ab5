package dev.heddle.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What nobody can read, on every topic of a running system; and how a person mends it. */
class ParkedIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final HeddleSystem system = HeddleSystem.shared();
  private final String project = system.project();

  @Test
  void recordsThatNobodyCanReadAreListedAndHoldUpNothing() throws Exception {
    Set<String> topics = topics();
    assertThat(topics).contains("session.requested", "session.queued", "trace.events", "parked");
    String stranger = UUID.randomUUID().toString();
    Map<String, List<String>> before = parked(topics, stranger);
    try (KafkaProducer<String, byte[]> producer = producer()) {
      for (String topic : topics) {
        send(producer, topic, key(topic, stranger), "{\"type\":\"from.the.future\"}");
        send(producer, topic, key(topic, stranger), "{ no json");
      }
    }

    await()
        .atMost(LIMIT)
        .untilAsserted(() ->
            assertThat(parked(topics, stranger))
                .allSatisfy((topic, codes) ->
                    assertThat(codes.subList(0, codes.size() - before.get(topic).size()))
                        .as(topic)
                        // Each that reads it parks it: those are two of what becomes of threads.
                        .hasSize(topic.equals("thread.changed") ? 4 : 2)
                        .contains("unreadable")
                        .allMatch(code ->
                            Set.of("unreadable", "unknown_type", "failed").contains(code))));
    HeddleSystem.Dispatched run = system.dispatch(project, "echo still here");
    system.awaitStatus(run.session(), "completed");
    assertThat(system.command("parked", "list", "--topic", "trace.events").expectOk().out())
        .contains("unreadable", "unknown_type", "trace-service");
  }

  @Test
  void aRequestThatWasGarbledRunsOnceItIsMendedAndReplayed(@TempDir Path folder) {
    String session = UUID.randomUUID().toString();
    String thread = UUID.randomUUID().toString();
    String good = request(session, thread);
    try (KafkaProducer<String, byte[]> producer = producer()) {
      send(producer, "session.requested", thread, good.substring(0, good.length() - 1));
    }
    String id = awaitParked("session.requested", thread).path("id").asString();

    String kept = system.command("parked", "show", id, "--payload").expectOk().out();
    assertThat(kept).isEqualTo(good.substring(0, good.length() - 1));
    Path mended = write(folder.resolve("mended.json"), kept + "}");
    system.command("parked", "replay", id, "--payload", mended.toString()).expectOk();

    system.awaitStatus(session, "completed");
    assertThat(system.command("parked", "show", id).expectOk().out())
        .contains("replayed", "session-service", thread);
    HeddleSystem.Ran again = system.command("parked", "replay", id);
    assertThat(again.exit()).isEqualTo(ExitCode.REFUSED);
    assertThat(again.err()).contains("already_replayed", "force");
    // As it was it is as unreadable as before, and listed anew.
    system.command("parked", "replay", id, "--force").expectOk();
    await()
        .atMost(LIMIT)
        .untilAsserted(() ->
            assertThat(listed("session.requested", thread))
                .extracting(item -> item.path("replayOf").asString(""))
                .containsExactly(id, ""));
  }

  /** What thread-service would ask for, without a thread that it knows. */
  private String request(String session, String thread) {
    String projectId = Projects.find(system.gateway(), project).orElseThrow().path("id").asString();
    return """
    {"type":"run.requested","sessionId":"%s","threadId":"%s","messageId":"%s",
     "project":{"id":"%s","name":"%s"},"prompt":"echo mended","engine":{"name":"command"},
     "requirements":{"engine":"command","pool":"default","labels":{}},
     "workspace":{"type":"scratch"},"priority":"normal","requestedBy":"local",
     "requestedAt":"2026-11-21T10:15:30Z"}\
    """
        .formatted(session, thread, UUID.randomUUID(), projectId, project);
  }

  /** Of each topic, the codes of what was parked under the key, the latest first. */
  private Map<String, List<String>> parked(Set<String> topics, String stranger) {
    Map<String, List<String>> codes = new TreeMap<>();
    for (String topic : topics) {
      codes.put(
          topic,
          listed(topic, key(topic, stranger)).stream()
              .map(item -> item.path("code").asString(""))
              .toList());
    }
    return codes;
  }

  /** A worker looks only at what is for it. */
  private static String key(String topic, String stranger) {
    return topic.equals("session.control") ? "worker-1" : stranger;
  }

  private JsonNode awaitParked(String topic, String key) {
    return await()
        .atMost(LIMIT)
        .until(() -> listed(topic, key), items -> !items.isEmpty())
        .getFirst();
  }

  private List<JsonNode> listed(String topic, String key) {
    List<JsonNode> items = new ArrayList<>();
    for (JsonNode item : system.gateway().list("api/parked?limit=200&topic=" + topic, 1_000)) {
      if (item.path("key").asString("").equals(key)) {
        items.add(item);
      }
    }
    return items;
  }

  /** All, but for those of pools that other tests made, whose workers have gone. */
  private Set<String> topics() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) broker()))) {
      return admin.listTopics().names().get().stream()
          .filter(name -> !name.startsWith("session.queued."))
          .collect(Collectors.toSet());
    }
  }

  private KafkaProducer<String, byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", broker()), new StringSerializer(), new ByteArraySerializer());
  }

  private String broker() {
    return "127.0.0.1:" + system.state().part("kafka").orElseThrow().port();
  }

  private static void send(
      KafkaProducer<String, byte[]> producer, String topic, String key, String payload) {
    try {
      producer.send(new ProducerRecord<>(topic, key, payload.getBytes(UTF_8))).get();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static Path write(Path file, String text) {
    try {
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
