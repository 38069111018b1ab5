package dev.heddle.trace.changes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Follows the ends of the topics, in no group, for all streams of this instance. It begins with the
 * first of them, so that a start costs nothing, and ends some time after the last.
 */
final class ChangeTail implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(ChangeTail.class);

  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration RETRY = Duration.ofMillis(500);

  private final ChangeTopics topics;
  private final Duration idle;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Set<ChangeSubscription> subscriptions = new HashSet<>();
  private volatile @Nullable Consumer<String, byte[]> current;
  private volatile boolean running;
  private @Nullable Thread thread;

  /** How far it has read; null while it does not follow. */
  private @Nullable ChangeCursor position;

  private long quietSince;

  /**
   * @param idle how long it goes on for nobody
   */
  ChangeTail(ChangeTopics topics, Duration idle) {
    this.topics = topics;
    this.idle = idle;
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    Thread runner;
    lock.lock();
    try {
      running = false;
      breakOff();
      changed.signalAll();
      runner = thread;
    } finally {
      lock.unlock();
    }
    Consumer<String, byte[]> consumer = current;
    if (consumer != null) {
      consumer.wakeup();
    }
    if (runner != null) {
      try {
        runner.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Ends, as the streams do, before the web server would wait for them in vain. */
  @Override
  public int getPhase() {
    return SmartLifecycle.DEFAULT_PHASE;
  }

  /** Whether it follows the topics at this moment. */
  boolean isFollowing() {
    lock.lock();
    try {
      return position != null;
    } finally {
      lock.unlock();
    }
  }

  /** Streams that it serves at this moment. */
  int listeners() {
    lock.lock();
    try {
      return subscriptions.size();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Subscribes, once the tail follows.
   *
   * @param made makes the subscription, given where it begins
   * @return null where the tail does not follow within the given time
   */
  @Nullable ChangeSubscription subscribe(
      Function<ChangeCursor, ChangeSubscription> made, Duration atMost)
      throws InterruptedException {
    lock.lock();
    try {
      long left = atMost.toNanos();
      while (running && position == null && left > 0) {
        if (thread == null) {
          thread = Thread.ofPlatform().name("changes-tail").start(this::run);
        }
        left = changed.awaitNanos(left);
      }
      ChangeCursor begins = position;
      if (!running || begins == null) {
        return null;
      }
      ChangeSubscription subscription = made.apply(begins.copy());
      subscriptions.add(subscription);
      return subscription;
    } finally {
      lock.unlock();
    }
  }

  void unsubscribe(ChangeSubscription subscription) {
    lock.lock();
    try {
      subscriptions.remove(subscription);
      quietSince = System.nanoTime();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    boolean again = true;
    while (again) {
      try (Consumer<String, byte[]> consumer = topics.consumer()) {
        current = consumer;
        again = follow(consumer);
      } catch (WakeupException e) {
        // Stopped.
      } catch (RuntimeException e) {
        log.atWarn().setCause(e).log("the tail of changes begins anew");
      } finally {
        current = null;
      }
      again = again && lose();
    }
  }

  /** Follows until it is stopped or nobody listens any more; then false. */
  private boolean follow(Consumer<String, byte[]> consumer) {
    List<TopicPartition> places = topics.places();
    int[] marks = topics.marks();
    consumer.assign(places);
    Map<TopicPartition, Long> ends = consumer.endOffsets(places);
    long[] next = new long[places.size()];
    ends.forEach((partition, end) -> {
      consumer.seek(partition, end);
      next[topics.place(partition)] = end;
    });
    open(new ChangeCursor(marks, next));
    while (!endsForNobody()) {
      deliver(consumer.poll(POLL));
    }
    return false;
  }

  private void open(ChangeCursor begins) {
    lock.lock();
    try {
      position = begins;
      quietSince = System.nanoTime();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void deliver(ConsumerRecords<String, byte[]> records) {
    if (records.isEmpty()) {
      return;
    }
    boolean wanted = isWanted();
    List<Change> changes = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : records) {
      Change change = wanted ? topics.decode(record) : null;
      if (change != null) {
        changes.add(change);
      }
    }
    lock.lock();
    try {
      ChangeCursor now = position;
      if (now == null) {
        return;
      }
      if (!wanted) {
        // Who came while nobody was there has not seen what was not decoded.
        breakOff();
      }
      for (ConsumerRecord<String, byte[]> record : records) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        now.advance(topics.place(partition), record.offset() + 1);
      }
      subscriptions.forEach(subscription -> subscription.offer(changes, now));
    } finally {
      lock.unlock();
    }
  }

  private boolean isWanted() {
    lock.lock();
    try {
      return !subscriptions.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  private boolean endsForNobody() {
    lock.lock();
    try {
      boolean quiet = subscriptions.isEmpty() && System.nanoTime() - quietSince > idle.toNanos();
      if (running && !quiet) {
        return false;
      }
      position = null;
      thread = null;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** It has lost its place; false where it is not to begin again. */
  private boolean lose() {
    lock.lock();
    try {
      position = null;
      breakOff();
      long left = RETRY.toNanos();
      while (running && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      running = false;
    } finally {
      if (!running) {
        thread = null;
      }
      lock.unlock();
    }
    return running;
  }

  private void breakOff() {
    subscriptions.forEach(ChangeSubscription::breakOff);
    subscriptions.clear();
  }
}
