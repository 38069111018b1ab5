package dev.heddle.trace.stream;

import dev.heddle.trace.ingest.Progress;
import dev.heddle.trace.log.Entry;
import dev.heddle.trace.log.Entry.Closed;
import dev.heddle.trace.log.Entry.Event;
import dev.heddle.trace.log.Entry.Unreadable;
import dev.heddle.trace.log.LogPosition;
import dev.heddle.trace.stream.Hub.Live;
import dev.heddle.trace.stream.Snapshots.Snapshot;
import io.micrometer.core.instrument.Counter;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * One client's stream, run by the thread of its request. It subscribes to the tail first, then
 * sends what is stored, until that reaches the place where the subscription began, then goes live.
 * Whenever the live way cannot tell (the client is too slow, a record may be a repetition, the tail
 * lost its place), it begins again from the last event that it sent.
 */
final class TimelineStream {

  private static final Logger log = LoggerFactory.getLogger(TimelineStream.class);

  private static final Duration LOCAL_WAIT = Duration.ofSeconds(1);

  private final Target target;
  private final Hub hub;
  private final Snapshots snapshots;
  private final Progress progress;
  private final StreamProperties properties;
  private final SseWriter writer;
  private final boolean untilEnd;
  private final Counter fallbacks;
  private final int epoch;
  private @Nullable LogPosition sent;
  private long silentSince = System.nanoTime();

  /**
   * @param epoch of the log as it is now
   * @param after the position of the last event that the client has
   * @param untilEnd whether to end with the session, or with the last session of the thread
   */
  TimelineStream(
      Target target,
      Hub hub,
      Snapshots snapshots,
      Progress progress,
      StreamProperties properties,
      SseWriter writer,
      int epoch,
      @Nullable LogPosition after,
      boolean untilEnd,
      Counter fallbacks) {
    this.target = target;
    this.hub = hub;
    this.snapshots = snapshots;
    this.progress = progress;
    this.properties = properties;
    this.writer = writer;
    this.epoch = epoch;
    this.sent = after;
    this.untilEnd = untilEnd;
    this.fallbacks = fallbacks;
  }

  /**
   * Sends until the client is gone, the end is reached, or the service ends.
   *
   * @throws IOException when the client is gone
   */
  void run() throws IOException, InterruptedException {
    writer.open();
    resetIfOfAnotherEpoch();
    boolean over = false;
    while (!over && !hub.isStopped()) {
      var subscription =
          new Subscription(target.id(), properties.bufferEvents(), properties.bufferChars());
      try {
        over = follow(subscription);
      } finally {
        hub.unsubscribe(subscription);
      }
    }
  }

  /** One turn from the database to the tail; true at the end of the stream. */
  private boolean follow(Subscription subscription) throws IOException, InterruptedException {
    Optional<Live> live = hub.subscribe(subscription, LOCAL_WAIT);
    if (live.isPresent() && live.get().epoch() != epoch) {
      // The topic was made anew. The client comes back with a cursor of the old one.
      return true;
    }
    Snapshot snapshot = catchUp(live.map(Live::begins).orElse(Map.of()));
    if (snapshot == null) {
      return false;
    }
    if (untilEnd && snapshot.begun() && snapshot.unfinished().isEmpty()) {
      return true;
    }
    if (live.isEmpty()) {
      heartbeatIfDue();
      return false;
    }
    return goLive(subscription, snapshot);
  }

  /** Sends what is stored until it reaches the given ordinals; null where the service ends. */
  private @Nullable Snapshot catchUp(Map<Integer, Long> begins)
      throws IOException, InterruptedException {
    while (!hub.isStopped()) {
      Snapshot snapshot = read();
      if (snapshot != null) {
        if (snapshot.gone()) {
          reset(snapshot, "expired");
          continue;
        }
        send(snapshot.events());
        if (!snapshot.full()) {
          Map<Integer, Long> missing = snapshot.missing(begins);
          if (missing.isEmpty()) {
            return snapshot;
          }
          progress.await(missing, LOCAL_WAIT, properties.recheck());
        }
      }
      heartbeatIfDue();
    }
    return null;
  }

  /** A page; null where the database is away, which the client need not know. */
  private @Nullable Snapshot read() throws InterruptedException {
    try {
      return snapshots.read(target, epoch, sent, properties.pageSize());
    } catch (DataAccessException | TransactionException e) {
      log.atWarn().setCause(e).log("stream waits for database");
      // Nothing is stored either while it is away; a signal would come too early at worst.
      progress.await(Map.of(0, Long.MAX_VALUE), LOCAL_WAIT, LOCAL_WAIT);
      return null;
    }
  }

  /** Offsets of a topic that was made anew say nothing about the one that there is. */
  private void resetIfOfAnotherEpoch() throws IOException, InterruptedException {
    while (sent != null && sent.epoch() != epoch && !hub.isStopped()) {
      Snapshot snapshot = read();
      if (snapshot != null) {
        reset(snapshot, "epoch");
      }
    }
  }

  /** Continues from where the transcript is now, which the client is to load anew. */
  private void reset(Snapshot snapshot, String reason) throws IOException {
    LogPosition from = snapshot.edge(epoch);
    writer.reset(from, reason);
    silentSince = System.nanoTime();
    sent = from;
  }

  /** Sends live entries until the database is needed again; true at the end of the stream. */
  private boolean goLive(Subscription subscription, Snapshot snapshot)
      throws IOException, InterruptedException {
    var filter = new LiveFilter(snapshot.stored(), snapshot.attempts(), snapshot.knowsAll());
    var ends = new EndWatch(snapshot.unfinished(), snapshot.begun());
    while (!subscription.isBroken()) {
      List<Entry> entries = subscription.take(untilHeartbeat());
      boolean certain = sendLive(entries, filter, ends);
      if (!certain) {
        fallbacks.increment();
        return false;
      }
      if (untilEnd && ends.isOver()) {
        return true;
      }
      heartbeatIfDue();
    }
    fallbacks.increment();
    return false;
  }

  private boolean sendLive(List<Entry> entries, LiveFilter filter, EndWatch ends)
      throws IOException {
    boolean wrote = false;
    boolean certain = true;
    for (Entry read : entries) {
      Event placeholder = read instanceof Unreadable unreadable ? unreadable.placeholder() : null;
      Entry entry = placeholder == null ? read : placeholder;
      LiveFilter.Verdict verdict = filter.judge(entry);
      if (verdict == LiveFilter.Verdict.UNCERTAIN) {
        certain = false;
        break;
      }
      if (verdict == LiveFilter.Verdict.SEND && entry instanceof Event event) {
        ends.see(event, filter);
        if (!isSent(event.position())) {
          writer.event(event);
          sent = event.position();
          wrote = true;
        }
      } else if (entry instanceof Closed) {
        ends.see(entry, filter);
      }
    }
    if (wrote) {
      writer.flush();
      silentSince = System.nanoTime();
    }
    return certain;
  }

  private void send(List<Event> events) throws IOException {
    for (Event event : events) {
      writer.event(event);
      sent = event.position();
    }
    if (!events.isEmpty()) {
      writer.flush();
      silentSince = System.nanoTime();
    }
  }

  /** Another instance may have sent it already, when that was ahead of this one. */
  private boolean isSent(LogPosition position) {
    LogPosition last = sent;
    return last != null
        && last.partition() == position.partition()
        && position.ordinal() <= last.ordinal();
  }

  private Duration untilHeartbeat() {
    Duration left = properties.heartbeat().minusNanos(System.nanoTime() - silentSince);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private void heartbeatIfDue() throws IOException {
    if (untilHeartbeat().isZero()) {
      writer.heartbeat();
      silentSince = System.nanoTime();
    }
  }
}
