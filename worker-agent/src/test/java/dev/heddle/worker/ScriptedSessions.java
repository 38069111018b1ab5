package dev.heddle.worker;

import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.ControlMessage;
import dev.heddle.contracts.ControlMessage.ClaimGranted;
import dev.heddle.contracts.Decision;
import dev.heddle.contracts.DelegationReply;
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
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.Topic;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.messaging.Headers;
import dev.heddle.messaging.Json;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** Plays session-service at the wire, one step at a time. */
final class ScriptedSessions extends HeardWorkers {

  /** Of every offer and grant. */
  static final Duration LEASE = Duration.ofSeconds(6);

  private final Ids ids = new Ids(Clock.systemUTC(), new SecureRandom());
  private final KafkaProducer<String, byte[]> producer;
  private final Map<ClaimId, ClaimGranted> grants = new ConcurrentHashMap<>();
  private final Set<ClaimId> denied = ConcurrentHashMap.newKeySet();

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
    listen(bootstrapServers);
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

  /** What a worker holds and has not seen granted is granted again, as session-service does. */
  @Override
  void heard(Heartbeat heartbeat) {
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
                new EngineSpec(offer.requirements().engine(), null, null, null, List.of(command)),
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

  void decide(ClaimMade claim, CommandId command, Decision decision) {
    control(
        claim.machineId(),
        new ControlMessage.DecideApproval(
            claim.machineId(),
            command,
            claim.sessionId(),
            claim.attempt(),
            decision,
            "ada",
            Clock.systemUTC().instant()));
  }

  void input(ClaimMade claim, CommandId command, String text) {
    control(
        claim.machineId(),
        new ControlMessage.InputRun(
            claim.machineId(),
            command,
            claim.sessionId(),
            claim.attempt(),
            text,
            "ada",
            Clock.systemUTC().instant()));
  }

  void answer(ClaimMade claim, CommandId command, DelegationReply reply) {
    control(
        claim.machineId(),
        new ControlMessage.AnswerDelegation(
            claim.machineId(),
            command,
            claim.sessionId(),
            claim.attempt(),
            reply,
            Clock.systemUTC().instant()));
  }

  CommandId command() {
    return new CommandId(ids.next());
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

  void discover(MachineId machine) {
    control(
        machine,
        new ControlMessage.DiscoverEngines(
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
      producer.send(Headers.underTrace(new ProducerRecord<>(topic, key, payload))).get();
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    super.close();
    producer.close(Duration.ZERO);
  }
}
