package dev.heddle.thread;

import dev.heddle.contracts.ProjectChanged;
import dev.heddle.contracts.SessionRequest;
import dev.heddle.contracts.ThreadChanged;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.TraceId;
import dev.heddle.contracts.TraceRecord;
import dev.heddle.messaging.Headers;
import dev.heddle.messaging.Json;
import dev.heddle.messaging.UnreadableRecordException;
import dev.heddle.testkit.TestKafka;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;

/** Hears everything that the service says on Kafka, from the beginning; one for all tests. */
public final class Wire {

  private static final Map<String, Class<?>> HEARD =
      Map.of(
          Topics.SESSION_REQUESTED.name(), SessionRequest.class,
          Topics.TRACE_EVENTS.name(), TraceRecord.class,
          Topics.THREAD_CHANGED.name(), ThreadChanged.class,
          Topics.PROJECT_CHANGED.name(), ProjectChanged.class);

  private static Wire tapped;

  private record Heard(String key, Object value, TraceId trace) {}

  private final List<Heard> heard = new CopyOnWriteArrayList<>();

  static synchronized Wire tap() {
    if (tapped == null) {
      tapped = new Wire();
      Thread.ofPlatform().daemon().name("wire").start(tapped::listen);
    }
    return tapped;
  }

  /** Waits for so many records of a key, and returns all of them there are, in order. */
  public <T> List<T> await(String key, Class<T> type, int atLeast) {
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> now(key, type).size() >= atLeast);
    return now(key, type);
  }

  /** What has come so far. */
  public <T> List<T> now(String key, Class<T> type) {
    return heard.stream()
        .filter(record -> record.key().equals(key))
        .map(Heard::value)
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  /** The traces under which records of a key have come so far, in order. */
  public List<TraceId> traces(String key, Class<?> type) {
    return heard.stream()
        .filter(record -> record.key().equals(key) && type.isInstance(record.value()))
        .map(Heard::trace)
        .toList();
  }

  private void listen() {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", TestKafka.bootstrapServers(), "isolation.level", "read_committed");
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          HEARD.keySet().stream()
              .flatMap(topic -> consumer.partitionsFor(topic).stream())
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (true) {
        for (var record : consumer.poll(Duration.ofMillis(200))) {
          heard.add(
              new Heard(
                  record.key(),
                  Json.read(record.value(), HEARD.get(record.topic())),
                  Headers.traceOf(record)));
        }
      }
    } catch (UnreadableRecordException e) {
      throw new IllegalStateException("the service said what nobody can read", e);
    }
  }
}
