package dev.heddle.worker;

import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.Heartbeat;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.SessionClaim;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionClaim.ClaimRefused;
import dev.heddle.contracts.SessionEvent;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.Topic;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.TraceId;
import dev.heddle.contracts.TraceRecord.TraceEvent;
import dev.heddle.messaging.Headers;
import dev.heddle.messaging.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/** Hears all that workers say at the wire. */
abstract class HeardWorkers implements AutoCloseable {

  static final Duration LONG = Duration.ofSeconds(60);

  final List<SessionClaim> claims = new CopyOnWriteArrayList<>();
  final List<SessionEvent> facts = new CopyOnWriteArrayList<>();
  final List<TraceEvent> traces = new CopyOnWriteArrayList<>();
  final List<Heartbeat> heartbeats = new CopyOnWriteArrayList<>();
  private final Map<ClaimId, List<TraceId>> claimTraces = new ConcurrentHashMap<>();
  private volatile boolean closed;
  private @Nullable Thread listener;

  /** Begins with what is said from now on. */
  void listen(String bootstrapServers) {
    KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions = new ArrayList<>();
    for (Topic topic :
        List.of(
            Topics.SESSION_CLAIMS,
            Topics.SESSION_EVENTS,
            Topics.TRACE_EVENTS,
            Topics.WORKER_HEARTBEATS)) {
      for (int i = 0; i < topic.partitions(); i++) {
        partitions.add(new TopicPartition(topic.name(), i));
      }
    }
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
    listener =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              try (consumer) {
                while (!closed) {
                  listen(consumer);
                }
              }
            });
  }

  /**
   * Facts are told only when everything that the timeline held by then has been read, since the two
   * topics are fetched independently.
   */
  private void listen(KafkaConsumer<String, byte[]> consumer) {
    List<ConsumerRecord<String, byte[]>> told = new ArrayList<>();
    hear(consumer, told);
    if (told.isEmpty()) {
      return;
    }
    Map<TopicPartition, Long> ends =
        consumer.endOffsets(
            consumer.assignment().stream()
                .filter(partition -> partition.topic().equals(Topics.TRACE_EVENTS.name()))
                .toList());
    while (ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
      hear(consumer, told);
    }
    told.forEach(record -> facts.add(Json.read(record.value(), SessionEvent.class)));
  }

  private void hear(
      KafkaConsumer<String, byte[]> consumer, List<ConsumerRecord<String, byte[]>> told) {
    for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(50))) {
      if (record.topic().equals(Topics.SESSION_EVENTS.name())) {
        told.add(record);
      } else {
        hear(record);
      }
    }
  }

  private void hear(ConsumerRecord<String, byte[]> record) {
    String topic = record.topic();
    if (topic.equals(Topics.SESSION_CLAIMS.name())) {
      SessionClaim claim = Json.read(record.value(), SessionClaim.class);
      claimTraces
          .computeIfAbsent(claim.claimId(), id -> new CopyOnWriteArrayList<>())
          .add(Headers.traceOf(record));
      claims.add(claim);
    } else if (topic.equals(Topics.TRACE_EVENTS.name())) {
      traces.add(Json.read(record.value(), TraceEvent.class));
    } else {
      Heartbeat heartbeat = Json.read(record.value(), Heartbeat.class);
      heartbeats.add(heartbeat);
      heard(heartbeat);
    }
  }

  /** A worker said that it lives, and what it holds. */
  abstract void heard(Heartbeat heartbeat);

  /** The traces under which a claim was sent, each time. */
  List<TraceId> tracesOf(ClaimMade claim) {
    return claimTraces.getOrDefault(claim.claimId(), List.of());
  }

  ClaimMade claimOf(SessionOffered offer) {
    return await()
        .atMost(LONG)
        .until(
            () ->
                claims.stream()
                    .filter(ClaimMade.class::isInstance)
                    .map(ClaimMade.class::cast)
                    .filter(claim -> claim.offerId().equals(offer.offerId()))
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  ClaimRefused refusalOf(SessionOffered offer) {
    return await()
        .atMost(LONG)
        .until(
            () ->
                claims.stream()
                    .filter(ClaimRefused.class::isInstance)
                    .map(ClaimRefused.class::cast)
                    .filter(claim -> claim.offerId().equals(offer.offerId()))
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  /** In the order of arrival, as session-service would take them. */
  List<SessionFact> factsOf(SessionOffered offer) {
    return facts.stream()
        .filter(event -> event.sessionId().equals(offer.sessionId()))
        .map(SessionEvent::fact)
        .toList();
  }

  List<TraceEvent> tracesOf(SessionOffered offer) {
    return traces.stream().filter(event -> event.sessionId().equals(offer.sessionId())).toList();
  }

  <T extends SessionFact> T awaitFact(SessionOffered offer, Class<T> type) {
    return await().atMost(LONG).until(() -> find(offer, type), Optional::isPresent).orElseThrow();
  }

  <T extends SessionFact> Optional<T> find(SessionOffered offer, Class<T> type) {
    return factsOf(offer).stream().filter(type::isInstance).map(type::cast).findFirst();
  }

  @Nullable Heartbeat lastHeartbeat(MachineId machine) {
    return heartbeats.stream()
        .filter(heartbeat -> heartbeat.machineId().equals(machine))
        .reduce((first, second) -> second)
        .orElse(null);
  }

  @Override
  public void close() {
    closed = true;
    try {
      if (listener != null) {
        listener.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
