package dev.heddle.worker.spool;

import dev.heddle.contracts.TraceId;
import dev.heddle.messaging.LogScope;
import dev.heddle.worker.spool.Frame.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one attempt reports: written to a file first, then sent in order by a thread of its own, and
 * sent again from the first unacknowledged record after any failure. The folder goes when the spool
 * is sealed and all of it is acknowledged.
 */
public final class Spool {

  private static final Logger log = LoggerFactory.getLogger(Spool.class);

  /** Records on their way at once; more would only be sent again after a failure. */
  private static final int WINDOW = 512;

  private static final Duration BACK_OFF = Duration.ofMillis(500);

  /** How long a write that the disk refused waits for its next try. */
  private static final Duration DISK_BACK_OFF = Duration.ofSeconds(1);

  private final String name;
  private final TraceId trace;
  private final Segments segments;
  private final RecordSender sender;
  private final long limitBytes;
  private final Runnable gone;
  private final CompletableFuture<Void> delivered = new CompletableFuture<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Sent> onTheWay = new ArrayDeque<>();
  private int unanswered;
  private long nextToSend;
  private long acknowledged;
  private long appended;
  private long finished;
  private boolean rewind;
  private boolean sealed;
  private boolean closed;

  private static final class Sent {
    final long end;
    boolean acknowledged;

    Sent(long end) {
      this.end = end;
    }
  }

  Spool(
      String name,
      TraceId trace,
      Segments segments,
      RecordSender sender,
      long limitBytes,
      boolean sealed,
      Runnable gone) {
    this.name = name;
    this.trace = trace;
    this.segments = segments;
    this.sender = sender;
    this.limitBytes = limitBytes;
    this.sealed = sealed;
    this.gone = gone;
    Thread.ofPlatform().daemon().name("spool-" + name).start(this::run);
  }

  /**
   * Adds an event of the timeline. Blocks while the spool or the disk is full; that is the
   * back-pressure on the engine. What comes after the end is dropped.
   */
  public void trace(String key, byte[] payload) {
    append(new Frame(Kind.TRACE, key, payload), true);
  }

  /** Adds a fact. Blocks only while the disk is full: facts are few. */
  public void fact(String key, byte[] payload) {
    append(new Frame(Kind.FACT, key, payload), false);
  }

  /** Adds the fact that ends the attempt, and seals the spool. */
  public void last(String key, byte[] payload) {
    append(new Frame(Kind.LAST_FACT, key, payload), false);
    seal();
  }

  /** Takes no more; what is there is still delivered. */
  public void seal() {
    lock.lock();
    try {
      sealed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Completes when the broker has all of a sealed spool. */
  public CompletableFuture<Void> delivered() {
    return delivered.copy();
  }

  /** Records that the broker does not have yet. */
  long depth() {
    lock.lock();
    try {
      return appended - finished;
    } finally {
      lock.unlock();
    }
  }

  /** Stops sending; the files stay for the next start. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void append(Frame frame, boolean wait) {
    lock.lock();
    try {
      boolean refused = false;
      while (true) {
        while (wait && !sealed && !closed && segments.written() - acknowledged > limitBytes) {
          changed.awaitUninterruptibly();
        }
        if (sealed || closed) {
          return;
        }
        try {
          segments.append(frame);
          break;
        } catch (IOException e) {
          if (!refused) {
            refused = true;
            log.atError()
                .addKeyValue("spool", name)
                .addKeyValue("reason", e.toString())
                .log("the disk of the worker's home takes no more; its runs wait for space");
          }
          awaitSpace();
        }
      }
      if (refused) {
        log.atInfo().addKeyValue("spool", name).log("the disk takes records again");
      }
      appended++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends early where nothing is to be reported any more. */
  private void awaitSpace() {
    long left = DISK_BACK_OFF.toNanos();
    boolean interrupted = false;
    while (left > 0 && !sealed && !closed) {
      try {
        left = changed.awaitNanos(left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try (var _ = LogScope.of(trace)) {
      while (sendNext()) {}
    } catch (IOException e) {
      log.atError().addKeyValue("spool", name).setCause(e).log("spool cannot be read");
      delivered.completeExceptionally(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      gone.run();
    }
  }

  private boolean sendNext() throws IOException, InterruptedException {
    Segments.Place place = awaitWork();
    if (place == null) {
      return false;
    }
    Frame frame = segments.read(place);
    Sent sent = new Sent(nextToSend + frame.size());
    lock.lock();
    try {
      while (frame.kind() == Kind.LAST_FACT && acknowledged < nextToSend && !rewind && !closed) {
        changed.await();
      }
      if (rewind || closed) {
        return true;
      }
      nextToSend = sent.end;
      onTheWay.addLast(sent);
      unanswered++;
    } finally {
      lock.unlock();
    }
    try {
      sender.send(
          frame.kind().topic(), frame.key(), frame.payload(), failure -> answer(sent, failure));
    } catch (RuntimeException e) {
      answer(sent, e);
    }
    return true;
  }

  /** Where the next record is; null when there is nothing to do any more. */
  private Segments.@Nullable Place awaitWork() throws IOException, InterruptedException {
    lock.lock();
    try {
      while (true) {
        if (closed) {
          segments.close();
          return null;
        }
        if (rewind && unanswered == 0) {
          changed.await(BACK_OFF.toMillis(), TimeUnit.MILLISECONDS);
          onTheWay.clear();
          nextToSend = acknowledged;
          rewind = false;
        } else if (sealed && !rewind && acknowledged == segments.written()) {
          segments.delete();
          delivered.complete(null);
          return null;
        } else if (!rewind && nextToSend < segments.written() && unanswered < WINDOW) {
          return segments.place(nextToSend);
        } else {
          changed.await();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void answer(Sent sent, @Nullable Exception failure) {
    lock.lock();
    try {
      unanswered--;
      if (failure == null || failure instanceof RecordTooLargeException) {
        if (failure != null) {
          log.atError().addKeyValue("spool", name).log("a record is too large and is left out");
        }
        sent.acknowledged = true;
        advance();
      } else {
        if (!rewind && !closed) {
          log.atWarn()
              .addKeyValue("spool", name)
              .addKeyValue("reason", failure.toString())
              .log("records were not taken; they are sent again");
        }
        rewind = true;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void advance() {
    Sent first = onTheWay.peekFirst();
    while (first != null && first.acknowledged) {
      onTheWay.removeFirst();
      acknowledged = first.end;
      finished++;
      first = onTheWay.peekFirst();
    }
    try {
      segments.release(acknowledged);
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("spool", name)
          .setCause(e)
          .log("a sent spool file cannot be deleted");
    }
  }
}
