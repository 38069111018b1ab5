package dev.heddle.trace.changes;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream, run by the thread of its request. It subscribes to the tail first, then
 * reads from the log what lies between the client's cursor and the place where the subscription
 * began, then goes live. Whenever it misses something (the client is too slow, the tail lost its
 * place) it does so again from where the client is. So nothing is left out and nothing comes twice,
 * and what is of one thread comes in its order.
 */
final class ChangeStream {

  private static final Duration WAIT = Duration.ofSeconds(1);

  private final ChangeTail tail;
  private final CatchUp catchUp;
  private final ChangeProperties properties;
  private final ChangeFilter filter;
  private final ChangeWriter writer;
  private @Nullable ChangeCursor cursor;
  private long silentSince = System.nanoTime();

  /**
   * @param cursor where the client is; null to begin now
   */
  ChangeStream(
      ChangeTail tail,
      CatchUp catchUp,
      ChangeProperties properties,
      ChangeFilter filter,
      @Nullable ChangeCursor cursor,
      ChangeWriter writer) {
    this.tail = tail;
    this.catchUp = catchUp;
    this.properties = properties;
    this.filter = filter;
    this.cursor = cursor;
    this.writer = writer;
  }

  /**
   * Sends until the client is gone or the service ends.
   *
   * @throws IOException when the client is gone
   */
  void run() throws IOException, InterruptedException {
    writer.open();
    while (tail.isRunning()) {
      ChangeSubscription subscription =
          tail.subscribe(
              begins ->
                  new ChangeSubscription(
                      filter, begins, properties.bufferEvents(), properties.bufferChars()),
              WAIT);
      if (subscription == null) {
        heartbeatIfDue();
      } else {
        try {
          follow(subscription);
        } finally {
          tail.unsubscribe(subscription);
        }
      }
    }
  }

  private void follow(ChangeSubscription subscription) throws IOException, InterruptedException {
    ChangeCursor begins = subscription.begins();
    ChangeCursor from = cursor;
    if (from == null) {
      from = begins.copy();
      cursor = from;
      writer.cursor(from);
      silentSince = System.nanoTime();
    } else if (!from.isOfTheSameTopics(begins)) {
      from = reset(begins, "epoch");
    } else {
      String lost = catchUp.run(from, begins, filter, this::send);
      if (lost != null) {
        from = reset(begins, lost);
      }
    }
    while (tail.isRunning()) {
      ChangeSubscription.Batch batch = subscription.take(untilHeartbeat());
      if (subscription.isBroken()) {
        return;
      }
      send(from, batch.changes());
      from.advance(batch.passed());
      heartbeatIfDue();
    }
  }

  /** Continues from now, and has the client load anew what it shows. */
  private ChangeCursor reset(ChangeCursor begins, String reason) throws IOException {
    ChangeCursor now = begins.copy();
    writer.reset(now, reason);
    silentSince = System.nanoTime();
    cursor = now;
    return now;
  }

  private void send(ChangeCursor at, List<Change> changes) throws IOException {
    boolean wrote = false;
    for (Change change : changes) {
      // Another instance may have sent it already, when that was ahead of this one.
      if (change.offset() >= at.next(change.place())) {
        at.advance(change.place(), change.offset() + 1);
        writer.change(at, change);
        wrote = true;
      }
    }
    if (wrote) {
      writer.flush();
      silentSince = System.nanoTime();
    }
  }

  private Duration untilHeartbeat() {
    Duration left = properties.heartbeat().minusNanos(System.nanoTime() - silentSince);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private void heartbeatIfDue() throws IOException {
    if (untilHeartbeat().isZero()) {
      ChangeCursor at = cursor;
      if (at == null) {
        writer.heartbeat();
      } else {
        writer.cursor(at);
      }
      silentSince = System.nanoTime();
    }
  }
}
