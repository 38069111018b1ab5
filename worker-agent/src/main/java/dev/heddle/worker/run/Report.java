package dev.heddle.worker.run;

import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.Origin;
import dev.heddle.contracts.SessionEvent;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.TraceRecord.TraceEvent;
import dev.heddle.messaging.Json;
import dev.heddle.worker.secret.Redactor;
import dev.heddle.worker.spool.Spool;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Numbers what an attempt tells, without a gap, and puts it into its spool. */
final class Report {

  private final SessionId sessionId;
  private final @Nullable ThreadId threadId;
  private final int attempt;
  private final MachineId machineId;
  private final long incarnation;
  private final InstantSource clock;
  private volatile Redactor redactor;
  private final Spool spool;

  /** Held while a full spool blocks; so facts, which must not wait, have their own. */
  private final ReentrantLock traceLock = new ReentrantLock();

  private final ReentrantLock factLock = new ReentrantLock();
  private long traceSeq;
  private long factSeq;

  Report(
      SessionId sessionId,
      @Nullable ThreadId threadId,
      int attempt,
      MachineId machineId,
      long incarnation,
      InstantSource clock,
      Redactor redactor,
      Spool spool) {
    this.sessionId = sessionId;
    this.threadId = threadId;
    this.attempt = attempt;
    this.machineId = machineId;
    this.incarnation = incarnation;
    this.clock = clock;
    this.redactor = redactor;
    this.spool = spool;
  }

  /** From now on hides what this one hides. */
  void redactWith(Redactor all) {
    redactor = all;
  }

  /** Blocks while the spool is full. */
  void event(TraceBody body) {
    traceLock.lock();
    try {
      TraceEvent event =
          new TraceEvent(
              sessionId, threadId, attempt, Origin.WORKER, ++traceSeq, clock.instant(), body);
      spool.trace(event.key(), bytes(event));
    } finally {
      traceLock.unlock();
    }
  }

  void fact(SessionFact fact) {
    factLock.lock();
    try {
      spool.fact(sessionId.toString(), bytes(next(fact)));
    } finally {
      factLock.unlock();
    }
  }

  /** The last fact; nothing is taken after it. */
  void end(SessionFact.AttemptEnded fact) {
    factLock.lock();
    try {
      spool.last(sessionId.toString(), bytes(next(fact)));
    } finally {
      factLock.unlock();
    }
  }

  /** Says nothing more; what has been said is still delivered. */
  void fallSilent() {
    spool.seal();
  }

  CompletableFuture<Void> delivered() {
    return spool.delivered();
  }

  /** Without what nobody may see, whatever the engine says. */
  private byte[] bytes(Object told) {
    return redactor.redact(Json.bytes(told));
  }

  private SessionEvent next(SessionFact fact) {
    return new SessionEvent(
        sessionId, threadId, attempt, machineId, incarnation, ++factSeq, clock.instant(), fact);
  }
}
