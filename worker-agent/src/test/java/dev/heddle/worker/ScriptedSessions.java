package dev.heddle.worker;

import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.ControlMessage;
import dev.heddle.contracts.ControlMessage.ClaimGranted;
import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.Heartbeat;
import dev.heddle.contracts.Heartbeat.HeldClaim;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.OfferId;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.ProjectRef;
import dev.heddle.contracts.Requirements;
import dev.heddle.contracts.RunSpec;
import dev.heddle.contracts.SessionClaim;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionClaim.ClaimRefused;
import dev.heddle.contracts.SessionEvent;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.Topic;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.TraceRecord.TraceEvent;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.messaging.Json;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** Plays session-service at the wire, one step at a time, and hears all that workers say. */
final class ScriptedSessions implements AutoCloseable {

  static final Duration LONG = Duration.ofSeconds(60);

  /** Of every offer and grant. */
  static final Duration LEASE = Duration.ofSeconds(6);

  private final Ids ids = new Ids(Clock.systemUTC(), new SecureRandom());
  private final KafkaProducer<String, byte[]> producer;
  private final Thread listener;
  private final Map<ClaimId, ClaimGranted> grants = new ConcurrentHashMap<>();
  private final Set<ClaimId> denied = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;
  final List<SessionClaim> claims = new CopyOnWriteArrayList<>();
  final List<SessionEvent> facts = new CopyOnWriteArrayList<>();
  final List<TraceEvent> traces = new CopyOnWriteArrayList<>();
  final List<Heartbeat> heartbeats = new CopyOnWriteArrayList<>();

  ScriptedSessions(String bootstrapServers, String pool) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) bootstrapServers))) {
      List<Topic> topics = new ArrayList<>(Topics.ALL);
      topics.add(Topics.queued(pool));
      create(admin, topics);
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.GROUP, Topics.workersOf(pool)),
                  (Collection<AlterConfigOp>)
                      List.of(
                          new AlterConfigOp(
                              new ConfigEntry("share.auto.offset.reset", "earliest"),
                              AlterConfigOp.OpType.SET),
                          new AlterConfigOp(
                              new ConfigEntry("share.record.lock.duration.ms", "5000"),
                              AlterConfigOp.OpType.SET))))
          .all()
          .get();
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers, "max.request.size", 3_000_000),
            new StringSerializer(),
            new ByteArraySerializer());
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

  private static void create(Admin admin, List<Topic> topics)
      throws ExecutionException, InterruptedException {
    for (Topic topic : topics) {
      try {
        admin
            .createTopics(
                List.of(
                    new NewTopic(topic.name(), topic.partitions(), (short) 1)
                        .configs(Map.of("max.message.bytes", "3000000"))))
            .all()
            .get();
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw e;
        }
      }
    }
  }

  private void hear(ConsumerRecord<String, byte[]> record) {
    String topic = record.topic();
    if (topic.equals(Topics.SESSION_CLAIMS.name())) {
      claims.add(Json.read(record.value(), SessionClaim.class));
    } else if (topic.equals(Topics.TRACE_EVENTS.name())) {
      traces.add(Json.read(record.value(), TraceEvent.class));
    } else {
      Heartbeat heartbeat = Json.read(record.value(), Heartbeat.class);
      heartbeats.add(heartbeat);
      reconcile(heartbeat);
    }
  }

  /** What a worker holds and has not seen granted is granted again, as session-service does. */
  private void reconcile(Heartbeat heartbeat) {
    for (HeldClaim held : heartbeat.held()) {
      ClaimGranted grant = grants.get(held.claimId());
      if (!held.granted() && grant != null) {
        var _ =
            producer.send(
                new ProducerRecord<>(
                    Topics.SESSION_CONTROL.name(),
                    grant.machineId().value(),
                    Json.bytes(answering(grant, heartbeat.sequence()))));
      }
    }
  }

  private static ClaimGranted answering(ClaimGranted grant, long heartbeat) {
    return new ClaimGranted(
        grant.machineId(),
        grant.incarnation(),
        grant.claimId(),
        grant.sessionId(),
        grant.threadId(),
        grant.attempt(),
        grant.run(),
        grant.at(),
        grant.leaseMillis(),
        heartbeat);
  }

  /** From now on the claim is only granted again when the test says so. */
  void withhold(ClaimMade claim) {
    grants.remove(claim.claimId());
  }

  SessionOffered offer(String pool) {
    return offer(pool, new WorkspaceSpec.Scratch(), Duration.ofMinutes(1), "command", Map.of());
  }

  SessionOffered offer(
      String pool,
      WorkspaceSpec workspace,
      Duration valid,
      String engine,
      Map<String, String> labels) {
    Instant now = Clock.systemUTC().instant();
    return new SessionOffered(
        new OfferId(ids.next()),
        new SessionId(ids.next()),
        new ThreadId(ids.next()),
        1,
        new Requirements(engine, pool, null, labels),
        workspace,
        now,
        now.plus(valid),
        LEASE.toMillis());
  }

  /** The next attempt of a session, under a new offer. */
  SessionOffered offerAgain(SessionOffered lost, WorkspaceSpec workspace) {
    Instant now = Clock.systemUTC().instant();
    return new SessionOffered(
        new OfferId(ids.next()),
        lost.sessionId(),
        lost.threadId(),
        lost.attempt() + 1,
        lost.requirements(),
        workspace,
        now,
        now.plus(Duration.ofMinutes(1)),
        LEASE.toMillis());
  }

  void toPool(SessionOffered offer) {
    send(Topics.queued(offer.requirements().pool()).name(), offer.sessionId().toString(), offer);
  }

  void toMachine(MachineId machine, SessionOffered offer) {
    control(machine, new ControlMessage.OfferMade(machine, offer));
  }

  void grant(SessionOffered offer, ClaimMade claim, String prompt, String... command) {
    grant(offer, claim, claim.incarnation(), prompt, command);
  }

  void grant(
      SessionOffered offer, ClaimMade claim, long incarnation, String prompt, String... command) {
    ClaimGranted grant =
        new ClaimGranted(
            claim.machineId(),
            incarnation,
            claim.claimId(),
            claim.sessionId(),
            offer.threadId(),
            claim.attempt(),
            new RunSpec(
                new ProjectRef(new ProjectId(ids.next()), "project"),
                null,
                prompt,
                new EngineSpec("command", null, null, null, List.of(command)),
                offer.workspace()),
            Clock.systemUTC().instant(),
            LEASE.toMillis(),
            heardOf(claim.machineId()));
    if (incarnation == claim.incarnation()) {
      grants.put(claim.claimId(), grant);
    }
    control(claim.machineId(), grant);
  }

  /** The last heartbeat that was heard, as an answer names it. */
  private @Nullable Long heardOf(MachineId machine) {
    Heartbeat last = lastHeartbeat(machine);
    return last == null ? null : last.sequence();
  }

  /** Denies the claims of these offers that were not granted. */
  void denyOthers(List<SessionOffered> offers) {
    for (SessionClaim one : claims) {
      boolean theirs = offers.stream().anyMatch(offer -> offer.offerId().equals(one.offerId()));
      if (theirs
          && one instanceof ClaimMade claim
          && !grants.containsKey(claim.claimId())
          && denied.add(claim.claimId())) {
        deny(claim);
      }
    }
  }

  void deny(ClaimMade claim) {
    withhold(claim);
    control(
        claim.machineId(),
        new ControlMessage.ClaimDenied(
            claim.machineId(),
            claim.incarnation(),
            claim.claimId(),
            claim.sessionId(),
            claim.attempt(),
            "another was faster",
            Clock.systemUTC().instant()));
  }

  CommandId cancel(ClaimMade claim) {
    CommandId command = new CommandId(ids.next());
    cancel(claim, command);
    return command;
  }

  void cancel(ClaimMade claim, CommandId command) {
    control(
        claim.machineId(),
        new ControlMessage.CancelRun(
            claim.machineId(),
            command,
            claim.sessionId(),
            claim.attempt(),
            "ada",
            Clock.systemUTC().instant()));
  }

  void stop(ClaimMade claim) {
    withhold(claim);
    control(
        claim.machineId(),
        new ControlMessage.StopAttempt(
            claim.machineId(),
            claim.sessionId(),
            claim.attempt(),
            "lease expired",
            Clock.systemUTC().instant()));
  }

  void drain(MachineId machine) {
    control(
        machine,
        new ControlMessage.DrainMachine(
            machine, new CommandId(ids.next()), "ada", Clock.systemUTC().instant()));
  }

  void resume(MachineId machine) {
    control(
        machine,
        new ControlMessage.ResumeMachine(
            machine, new CommandId(ids.next()), "ada", Clock.systemUTC().instant()));
  }

  void control(MachineId machine, ControlMessage message) {
    send(Topics.SESSION_CONTROL.name(), machine.value(), message);
  }

  void send(String topic, String key, Object payload) {
    sendRaw(topic, key, Json.bytes(payload));
  }

  void sendRaw(String topic, String key, byte @Nullable [] payload) {
    try {
      producer.send(new ProducerRecord<>(topic, key, payload)).get();
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
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
      listener.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close(Duration.ZERO);
  }
}
