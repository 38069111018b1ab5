package dev.heddle.worker.claim;

import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.Requirements;
import dev.heddle.contracts.SessionClaim;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionClaim.ClaimRefused;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.TraceId;
import dev.heddle.messaging.Headers;
import dev.heddle.messaging.Json;
import dev.heddle.messaging.LogScope;
import dev.heddle.worker.engine.Engines;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers offers. */
final class Claims {

  private static final Logger log = LoggerFactory.getLogger(Claims.class);

  private final Ledger ledger;
  private final Duty duty;
  private final Engines engines;
  private final Capability capability;
  private final Producer<String, byte[]> producer;
  private final Ids ids;
  private final InstantSource clock;
  private final MeterRegistry meters;

  /** An offer, and the trace that it belongs to. */
  record Offered(SessionOffered offer, TraceId trace) {}

  /** What the machine is, as far as offers ask for it. */
  record Capability(
      MachineId machineId, long incarnation, String pool, Map<String, String> labels) {
    Capability {
      labels = Map.copyOf(labels);
    }
  }

  Claims(
      Ledger ledger,
      Duty duty,
      Engines engines,
      Capability capability,
      Producer<String, byte[]> producer,
      Ids ids,
      InstantSource clock,
      MeterRegistry meters) {
    this.ledger = ledger;
    this.duty = duty;
    this.engines = engines;
    this.capability = capability;
    this.producer = producer;
    this.ids = ids;
    this.clock = clock;
    this.meters = meters;
  }

  /**
   * Claims or refuses each offer, and waits until the broker has the answers. One that it does not
   * take is no loss: a claim stays in the ledger and is sent again, and an offer without an answer
   * expires.
   */
  void answer(List<Offered> offers) throws InterruptedException {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (Offered offered : offers) {
      SessionOffered offer = offered.offer();
      try (var _ =
          LogScope.of(offered.trace())
              .session(offer.sessionId(), offer.threadId(), offer.attempt())) {
        sent.add(answer(offered));
      }
    }
    for (Future<RecordMetadata> answer : sent) {
      try {
        answer.get();
      } catch (ExecutionException e) {
        log.atWarn()
            .addKeyValue("reason", String.valueOf(e.getCause()))
            .log("an answer to an offer could not be sent");
      }
    }
  }

  private Future<RecordMetadata> answer(Offered offered) {
    SessionOffered offer = offered.offer();
    String obstacle = obstacle(offer);
    ClaimMade claim = obstacle == null ? ledger.claim(offer, offered.trace()).orElse(null) : null;
    if (claim != null) {
      meters.counter("heddle.worker.claims", "answer", "claimed").increment();
      return send(claim);
    }
    meters.counter("heddle.worker.claims", "answer", "refused").increment();
    return send(refusal(offer, obstacle == null ? "no slot is free" : obstacle));
  }

  /** Sends claims again that have waited for their answer. */
  void sendAgain(Duration after) {
    ledger
        .unanswered(after)
        .forEach(one -> {
          ClaimMade claim = one.claim();
          try (var _ = LogScope.of(one.trace()).session(claim.sessionId(), null, claim.attempt())) {
            meters.counter("heddle.worker.claims", "answer", "resent").increment();
            var _ = send(claim);
          }
        });
  }

  private @Nullable String obstacle(SessionOffered offer) {
    String off = duty.reasonNot();
    if (off != null) {
      return off;
    }
    if (offer.validUntil().isBefore(clock.instant())) {
      return "the offer has expired";
    }
    String lease = ledger.obstacle(offer.leaseMillis());
    if (lease != null) {
      return lease;
    }
    Requirements wanted = offer.requirements();
    if (engines.find(wanted.engine()).isEmpty()) {
      return "engine %s is not on this machine".formatted(wanted.engine());
    }
    String unavailable = engines.whyUnavailable(wanted.engine());
    if (unavailable != null) {
      return "engine %s cannot start on this machine: %s".formatted(wanted.engine(), unavailable);
    }
    if (wanted.machine() != null && !wanted.machine().equals(capability.machineId())) {
      return "it is for machine %s".formatted(wanted.machine());
    }
    if (!wanted.pool().equals(capability.pool())) {
      return "it is for pool %s".formatted(wanted.pool());
    }
    for (Map.Entry<String, String> label : wanted.labels().entrySet()) {
      if (!label.getValue().equals(capability.labels().get(label.getKey()))) {
        return "the machine lacks the label %s=%s".formatted(label.getKey(), label.getValue());
      }
    }
    return null;
  }

  private ClaimRefused refusal(SessionOffered offer, String reason) {
    return new ClaimRefused(
        new ClaimId(ids.next()),
        offer.offerId(),
        offer.sessionId(),
        offer.attempt(),
        capability.machineId(),
        capability.incarnation(),
        reason,
        clock.instant());
  }

  private Future<RecordMetadata> send(SessionClaim claim) {
    return producer.send(
        Headers.underTrace(
            new ProducerRecord<>(
                Topics.SESSION_CLAIMS.name(), claim.sessionId().toString(), Json.bytes(claim))));
  }
}
