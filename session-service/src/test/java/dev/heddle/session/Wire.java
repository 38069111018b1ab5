package dev.heddle.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.ControlMessage;
import dev.heddle.contracts.MachineChanged;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.ProjectChanged;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.SessionRequest;
import dev.heddle.contracts.Topic;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.TraceId;
import dev.heddle.contracts.TraceRecord;
import dev.heddle.messaging.Headers;
import dev.heddle.messaging.Json;
import dev.heddle.messaging.LogScope;
import dev.heddle.testkit.TestKafka;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** The topics as the neighbours of the service see them: sends anything, keeps all that it says. */
final class Wire {

  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Pattern SPOKEN =
      Pattern.compile(
          "(session\\.(queued.*|control|changed))|machine\\.changed|trace\\.events|parked");

  private final KafkaProducer<String, byte[]> producer =
      new KafkaProducer<>(
          Map.of(
              ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
              TestKafka.bootstrapServers(),
              ProducerConfig.ACKS_CONFIG,
              "all",
              ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
              3_000_000),
          new StringSerializer(),
          new ByteArraySerializer());
  private final List<ConsumerRecord<String, byte[]>> heard = new CopyOnWriteArrayList<>();
  private final List<ProducerRecord<String, byte[]>> sent = new CopyOnWriteArrayList<>();

  Wire() {
    Thread.ofPlatform().daemon().name("wire").start(this::listen);
  }

  private void listen() {
    try (var consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                TestKafka.bootstrapServers(),
                ConsumerConfig.GROUP_ID_CONFIG,
                "wire-" + UUID.randomUUID(),
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.METADATA_MAX_AGE_CONFIG,
                "200"),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.subscribe(SPOKEN);
      while (true) {
        consumer.poll(Duration.ofMillis(100)).forEach(heard::add);
      }
    }
  }

  /** Sends and waits for the broker. */
  void deliver(Topic topic, String key, Object record) {
    deliver(topic, key, Json.bytes(record));
  }

  void deliver(Topic topic, String key, byte @Nullable [] payload) {
    deliver(new ProducerRecord<>(topic.name(), key, payload));
  }

  /** Sends what may have been sent before. */
  void deliver(ProducerRecord<String, byte[]> record) {
    try {
      producer
          .send(
              Headers.underTrace(
                  new ProducerRecord<>(record.topic(), record.key(), record.value())))
          .get();
      sent.add(record);
    } catch (Exception e) {
      throw new IllegalStateException("the broker did not take it", e);
    }
  }

  /** How many records tests have sent. */
  int sent() {
    return sent.size();
  }

  /** What was sent to a topic after the first so many records. */
  List<ProducerRecord<String, byte[]>> sentTo(Topic topic, int after) {
    return List.copyOf(sent).stream()
        .skip(after)
        .filter(record -> record.topic().equals(topic.name()))
        .toList();
  }

  /** Waits until a consumer group has taken everything that a topic holds. */
  void awaitTaken(Topic topic, String group) {
    try (Admin admin = TestKafka.admin()) {
      Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
      for (int i = 0; i < topic.partitions(); i++) {
        partitions.put(new TopicPartition(topic.name(), i), OffsetSpec.latest());
      }
      var ends = admin.listOffsets(partitions).all().get();
      await(group + " to take " + topic.name())
          .atMost(PATIENCE)
          .until(() -> {
            var taken = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
            return ends.entrySet().stream()
                .filter(end -> end.getValue().offset() > 0)
                .allMatch(end ->
                    taken.get(end.getKey()) != null
                        && taken.get(end.getKey()).offset() >= end.getValue().offset());
          });
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  void request(SessionRequest request) {
    deliver(Topics.SESSION_REQUESTED, request.threadId().toString(), request);
  }

  /** A request under a trace. */
  void request(SessionRequest request, TraceId trace) {
    try (var _ = LogScope.of(trace)) {
      deliver(Topics.SESSION_REQUESTED, request.threadId().toString(), request);
    }
  }

  /** Everything that was said of a session, on any topic. */
  List<ConsumerRecord<String, byte[]>> saidOf(SessionId session) {
    return heard.stream()
        .filter(record -> new String(record.value(), UTF_8).contains(session.toString()))
        .toList();
  }

  void project(ProjectChanged change) {
    deliver(Topics.PROJECT_CHANGED, change.projectId().toString(), change);
  }

  private Stream<ConsumerRecord<String, byte[]>> on(Topic topic) {
    return heard.stream().filter(record -> record.topic().equals(topic.name()));
  }

  List<SessionOffered> offersTo(String pool) {
    return on(Topics.queued(pool))
        .map(record -> Json.read(record.value(), dev.heddle.contracts.SessionQueued.class))
        .map(SessionOffered.class::cast)
        .toList();
  }

  <T extends ControlMessage> List<T> toldTo(MachineId machine, Class<T> kind) {
    return on(Topics.SESSION_CONTROL)
        .filter(record -> record.key().equals(machine.value()))
        .map(record -> Json.read(record.value(), ControlMessage.class))
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  /** The traces of what was told to a machine. */
  <T extends ControlMessage> List<TraceId> tracesTold(MachineId machine, Class<T> kind) {
    return on(Topics.SESSION_CONTROL)
        .filter(record -> record.key().equals(machine.value()))
        .filter(record -> kind.isInstance(Json.read(record.value(), ControlMessage.class)))
        .map(Headers::traceOf)
        .toList();
  }

  List<SessionChanged> changesOf(SessionId session) {
    return on(Topics.SESSION_CHANGED)
        .map(record -> Json.read(record.value(), SessionChanged.class))
        .filter(change -> change.sessionId().equals(session))
        .toList();
  }

  List<MachineChanged> changesOf(MachineId machine) {
    return on(Topics.MACHINE_CHANGED)
        .filter(record -> record.key().equals(machine.value()))
        .map(record -> Json.read(record.value(), MachineChanged.class))
        .toList();
  }

  List<TraceRecord> traceOf(SessionId session) {
    return on(Topics.TRACE_EVENTS)
        .map(record -> Json.read(record.value(), TraceRecord.class))
        .filter(record -> record.sessionId().equals(session))
        .toList();
  }

  /** The offer of this session to a pool, once it is there. */
  SessionOffered offer(String pool, SessionId session) {
    return offer(pool, session, 0);
  }

  /** The nth offer of this session to a pool. */
  SessionOffered offer(String pool, SessionId session, int index) {
    return await("offer %d of %s to pool %s".formatted(index, session, pool))
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(
            () ->
                offersTo(pool).stream().filter(offer -> offer.sessionId().equals(session)).toList(),
            offers -> offers.size() > index)
        .get(index);
  }
}
