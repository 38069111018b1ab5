package dev.heddle.trace.stream;

import dev.heddle.trace.log.Entry;
import dev.heddle.trace.log.Entry.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The live entries of one thread or session on their way to one client. It never blocks the tail:
 * what a slow client would make it hold beyond its bounds is let go of, and the client is served
 * from the database.
 */
final class Subscription {

  private final UUID target;
  private final int mostEntries;
  private final long mostChars;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private List<Entry> waiting = new ArrayList<>();
  private long chars;
  private boolean broken;

  /**
   * @param target the thread or session whose entries are wanted
   */
  Subscription(UUID target, int mostEntries, long mostChars) {
    this.target = target;
    this.mostEntries = mostEntries;
    this.mostChars = mostChars;
  }

  UUID target() {
    return target;
  }

  void offer(Entry entry) {
    lock.lock();
    try {
      if (broken) {
        return;
      }
      chars += entry instanceof Event event ? event.content().json().length() : 0;
      if (waiting.size() >= mostEntries || chars > mostChars) {
        breakLocked();
      } else {
        waiting.add(entry);
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** From here on entries are missing; those that wait are let go of. */
  void breakOff() {
    lock.lock();
    try {
      breakLocked();
    } finally {
      lock.unlock();
    }
  }

  private void breakLocked() {
    broken = true;
    waiting = new ArrayList<>();
    changed.signal();
  }

  boolean isBroken() {
    lock.lock();
    try {
      return broken;
    } finally {
      lock.unlock();
    }
  }

  /** All that waits; after the given time, or when entries are missing, nothing. */
  List<Entry> take(Duration atMost) throws InterruptedException {
    lock.lock();
    try {
      long left = atMost.toNanos();
      while (waiting.isEmpty() && !broken && left > 0) {
        left = changed.awaitNanos(left);
      }
      List<Entry> taken = waiting;
      waiting = new ArrayList<>();
      chars = 0;
      return taken;
    } finally {
      lock.unlock();
    }
  }
}
