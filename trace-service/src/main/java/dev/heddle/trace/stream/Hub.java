package dev.heddle.trace.stream;

import dev.heddle.trace.log.Entry;
import dev.heddle.trace.log.Entry.Closed;
import dev.heddle.trace.log.Entry.Event;
import dev.heddle.trace.log.Entry.Unreadable;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Hands the entries of the one tail to the streams that want them. */
final class Hub {

  /**
   * From where a subscription gets everything.
   *
   * @param begins by partition, the ordinal of the first record that it gets
   */
  record Live(int epoch, Map<Integer, Long> begins) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition opened = lock.newCondition();
  private final Map<UUID, Set<Subscription>> subscriptions = new HashMap<>();
  private final Map<Integer, Long> next = new HashMap<>();
  private @Nullable Integer epoch;
  private boolean live;
  private boolean stopped;

  /** The service begins, perhaps again. */
  void start() {
    lock.lock();
    try {
      stopped = false;
    } finally {
      lock.unlock();
    }
  }

  /** The tail follows the log from these ordinals on. */
  void open(int currentEpoch, Map<Integer, Long> begins) {
    lock.lock();
    try {
      epoch = currentEpoch;
      next.clear();
      next.putAll(begins);
      live = true;
      opened.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The tail has lost its place; every subscription misses what comes now. */
  void close() {
    lock.lock();
    try {
      live = false;
      subscriptions.values().forEach(targets -> targets.forEach(Subscription::breakOff));
      subscriptions.clear();
    } finally {
      lock.unlock();
    }
  }

  /** The service ends, and all streams with it. */
  void stop() {
    lock.lock();
    try {
      stopped = true;
      close();
      opened.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The epoch that the tail follows, or followed last; empty where there was none in time. */
  OptionalInt awaitEpoch(Duration atMost) throws InterruptedException {
    lock.lock();
    try {
      long left = atMost.toNanos();
      while (epoch == null && !stopped && left > 0) {
        left = opened.awaitNanos(left);
      }
      return epoch == null ? OptionalInt.empty() : OptionalInt.of(epoch);
    } finally {
      lock.unlock();
    }
  }

  boolean isStopped() {
    lock.lock();
    try {
      return stopped;
    } finally {
      lock.unlock();
    }
  }

  boolean isLive() {
    lock.lock();
    try {
      return live;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Subscribes, once the tail is live.
   *
   * @return empty where it is not after the given time
   */
  Optional<Live> subscribe(Subscription subscription, Duration atMost) throws InterruptedException {
    lock.lock();
    try {
      long left = atMost.toNanos();
      while (!live && !stopped && left > 0) {
        left = opened.awaitNanos(left);
      }
      Integer current = epoch;
      if (!live || stopped || current == null) {
        return Optional.empty();
      }
      subscriptions.computeIfAbsent(subscription.target(), _ -> new HashSet<>()).add(subscription);
      return Optional.of(new Live(current, Map.copyOf(next)));
    } finally {
      lock.unlock();
    }
  }

  void unsubscribe(Subscription subscription) {
    lock.lock();
    try {
      subscriptions.computeIfPresent(
          subscription.target(),
          (_, targets) -> {
            targets.remove(subscription);
            return targets.isEmpty() ? null : targets;
          });
    } finally {
      lock.unlock();
    }
  }

  /** Passes over records where nobody wants any; false where somebody does. */
  boolean skip(Map<Integer, Long> nextOrdinals) {
    lock.lock();
    try {
      if (!subscriptions.isEmpty()) {
        return false;
      }
      next.putAll(nextOrdinals);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Hands out what the tail has read.
   *
   * @param entries in order within each partition
   * @param nextOrdinals by partition, what comes next
   */
  void deliver(List<Entry> entries, Map<Integer, Long> nextOrdinals) {
    lock.lock();
    try {
      for (Entry entry : entries) {
        switch (entry) {
          case Event event -> offer(event, event.id().sessionId(), event.threadId());
          case Closed closed -> offer(closed, closed.id().sessionId(), closed.threadId());
          case Unreadable unreadable -> {
            Event placeholder = unreadable.placeholder();
            if (placeholder != null) {
              offer(placeholder, placeholder.id().sessionId(), placeholder.threadId());
            }
          }
        }
      }
      next.putAll(nextOrdinals);
    } finally {
      lock.unlock();
    }
  }

  private void offer(Entry entry, UUID session, @Nullable UUID thread) {
    subscriptions.getOrDefault(session, Set.of()).forEach(one -> one.offer(entry));
    if (thread != null) {
      subscriptions.getOrDefault(thread, Set.of()).forEach(one -> one.offer(entry));
    }
  }
}
