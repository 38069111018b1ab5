package dev.heddle.thread.dispatch;

import dev.heddle.rest.Idempotency;
import dev.heddle.security.Caller;
import java.net.URI;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Answers what is accepted, with the thread that does it. */
@Component
class Acceptance {

  private final Idempotency idempotency;
  private final DispatchMetrics metrics;

  Acceptance(Idempotency idempotency, DispatchMetrics metrics) {
    this.idempotency = idempotency;
    this.metrics = metrics;
  }

  /** Counts what is asked for, as what it is accepted or refused. */
  ResponseEntity<Dispatched> counted(Supplier<ResponseEntity<Dispatched>> asked) {
    return metrics.count(asked);
  }

  /** Does it once for all requests under a key; without a key each time. */
  ResponseEntity<Dispatched> once(
      @Nullable String key, Caller caller, Object request, Supplier<Dispatched> command) {
    Dispatched made = idempotency.once(key, caller.name(), request, Dispatched.class, command);
    return ResponseEntity.accepted()
        .location(URI.create("/api/threads/" + made.threadId()))
        .body(made);
  }
}
