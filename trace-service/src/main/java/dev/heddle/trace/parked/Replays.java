package dev.heddle.trace.parked;

import dev.heddle.contracts.ParkedRecord;
import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Outbox;
import dev.heddle.rest.Idempotency;
import dev.heddle.rest.ProblemException;
import dev.heddle.security.Caller;
import dev.heddle.security.Role;
import dev.heddle.security.SecurityError;
import dev.heddle.trace.parked.ParkedRow.Replay;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Sends parked records to their topic once more. */
@Component
class Replays {

  private static final Logger log = LoggerFactory.getLogger(Replays.class);

  private final ParkedStore store;
  private final Outbox outbox;
  private final Idempotency idempotency;
  private final Clock clock;

  Replays(ParkedStore store, Outbox outbox, Idempotency idempotency, Clock clock) {
    this.store = store;
    this.outbox = outbox;
    this.idempotency = idempotency;
    this.clock = clock;
  }

  /**
   * How to send it.
   *
   * @param key instead of the record's own; for an admin
   * @param payload the mended text instead of the record's own bytes; for an admin
   * @param force although it was sent once more before
   */
  record ReplayRequest(@Nullable String key, @Nullable String payload, @Nullable Boolean force) {

    static final ReplayRequest AS_IT_WAS = new ReplayRequest(null, null, null);

    boolean mends() {
      return key != null || payload != null;
    }
  }

  /**
   * The record is on its way.
   *
   * @param topic where it goes
   */
  record Replayed(UUID id, String topic, ParkedState state) {}

  Replayed replay(UUID id, ReplayRequest request, @Nullable String idempotencyKey, Caller caller) {
    if (request.mends() && !caller.has(Role.ADMIN)) {
      throw new ProblemException(
          SecurityError.FORBIDDEN,
          "To send another key or payload than was parked takes the role admin.");
    }
    return idempotency.once(
        idempotencyKey,
        caller.name(),
        request,
        Replayed.class,
        () -> send(id, request, caller.name()));
  }

  private Replayed send(UUID id, ReplayRequest request, String by) {
    ParkedRow row = store.lock(id).orElseThrow(() -> unknown(id));
    Replay last = row.last();
    if (last != null && !Boolean.TRUE.equals(request.force())) {
      throw new ProblemException(
              ParkedError.ALREADY_REPLAYED,
              "It was replayed by %s at %s; send force to do it again."
                  .formatted(last.by(), last.at()))
          .with("replayedBy", last.by())
          .with("replayedAt", last.at());
    }
    String topic = row.source().topic();
    if (!Topics.isName(topic)) {
      throw refused(
          "There is no topic %s in this version of Heddle, so it can go nowhere.".formatted(topic));
    }
    if (row.truncated() && (request.key() == null || request.payload() == null)) {
      throw refused("Only its beginning was kept; send the whole key and payload with it.");
    }
    String key = request.key() == null ? row.key() : request.key();
    if (key == null) {
      throw refused("It has no key and would be parked again; send one with it.");
    }
    String mended = request.payload();
    byte[] payload = mended == null ? row.payload() : mended.getBytes(StandardCharsets.UTF_8);
    if (payload == null) {
      throw refused("It has no payload and would be parked again; send one with it.");
    }
    Map<String, String> headers = new LinkedHashMap<>(row.headers());
    headers.put(ParkedRecord.REPLAY_OF, id.toString());
    store.replayed(id, new Replay(by, clock.instant()));
    outbox.resend(topic, key, payload, headers);
    log.atInfo()
        .addKeyValue("parked", id)
        .addKeyValue("topic", topic)
        .addKeyValue("by", by)
        .addKeyValue("mended", request.mends())
        .log("parked record replayed");
    return new Replayed(id, topic, ParkedState.REPLAYED);
  }

  static ProblemException unknown(UUID id) {
    return new ProblemException(
            ParkedError.UNKNOWN_PARKED_RECORD,
            "There is no parked record %s; what was parked is kept for 30 days.".formatted(id))
        .with("id", id);
  }

  private static ProblemException refused(String detail) {
    return new ProblemException(ParkedError.NOT_REPLAYABLE, detail);
  }
}
