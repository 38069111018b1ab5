package dev.heddle.trace.changes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits for one client, at most so much: a client that reads too slowly loses what waits, and
 * reads it again from the log later.
 */
final class ChangeSubscription {

  /**
   * What a client is to be sent.
   *
   * @param passed how far the tail was then; between the changes lies what the client did not want
   */
  record Batch(List<Change> changes, ChangeCursor passed) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ChangeFilter filter;
  private final ChangeCursor begins;
  private final int mostChanges;
  private final long mostChars;
  private List<Change> waiting = new ArrayList<>();
  private ChangeCursor passed;
  private long chars;
  private boolean broken;

  /**
   * @param begins where the subscription begins
   */
  ChangeSubscription(ChangeFilter filter, ChangeCursor begins, int mostChanges, long mostChars) {
    this.filter = filter;
    this.begins = begins;
    this.passed = begins.copy();
    this.mostChanges = mostChanges;
    this.mostChars = mostChars;
  }

  /** Where it began: what lies before comes from the log. */
  ChangeCursor begins() {
    return begins;
  }

  /** Takes what the tail has read, up to a place. */
  void offer(List<Change> changes, ChangeCursor upTo) {
    lock.lock();
    try {
      if (broken) {
        return;
      }
      for (Change change : changes) {
        if (filter.passes(change)) {
          waiting.add(change);
          chars += change.json().length();
        }
      }
      passed = upTo.copy();
      if (waiting.size() > mostChanges || chars > mostChars) {
        breakLocked();
      } else if (!waiting.isEmpty()) {
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** From here on changes are missing; those that wait are let go of. */
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

  /** All that waits, after at most the given time; worth nothing once it is broken. */
  Batch take(Duration atMost) throws InterruptedException {
    lock.lock();
    try {
      long left = atMost.toNanos();
      while (waiting.isEmpty() && !broken && left > 0) {
        left = changed.awaitNanos(left);
      }
      Batch batch = new Batch(waiting, passed.copy());
      waiting = new ArrayList<>();
      chars = 0;
      return batch;
    } finally {
      lock.unlock();
    }
  }
}
