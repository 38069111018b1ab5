package dev.heddle.trace.ingest;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How far this instance has ingested the partitions that it owns, for those that wait for it. What
 * another instance owns is to be looked up in the database.
 */
public final class Progress {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition advanced = lock.newCondition();
  private final Map<Integer, Long> next = new HashMap<>();
  private final Set<Integer> owned = new HashSet<>();

  /** Takes note of what is stored; the ordinal of the next record that is not. */
  void advance(Map<Integer, Long> nextOrdinals) {
    lock.lock();
    try {
      next.putAll(nextOrdinals);
      advanced.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void own(Map<Integer, Long> nextOrdinals) {
    lock.lock();
    try {
      owned.addAll(nextOrdinals.keySet());
      next.putAll(nextOrdinals);
      advanced.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void disown(Set<Integer> partitions) {
    lock.lock();
    try {
      owned.removeAll(partitions);
      advanced.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until everything before these ordinals is stored, as far as this instance can know.
   *
   * @param wanted by partition, the ordinal that is to come next
   * @param atMost where this instance owns all that is missing
   * @param recheck where it does not, after which the database is to be asked again
   */
  public void await(Map<Integer, Long> wanted, Duration atMost, Duration recheck)
      throws InterruptedException {
    lock.lock();
    try {
      long left = (missesForeign(wanted) ? recheck : atMost).toNanos();
      while (left > 0 && misses(wanted)) {
        left = advanced.awaitNanos(left);
        if (missesForeign(wanted)) {
          left = Math.min(left, recheck.toNanos());
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean misses(Map<Integer, Long> wanted) {
    return wanted.entrySet().stream()
        .anyMatch(entry -> next.getOrDefault(entry.getKey(), -1L) < entry.getValue());
  }

  private boolean missesForeign(Map<Integer, Long> wanted) {
    return wanted.entrySet().stream()
        .anyMatch(entry ->
            !owned.contains(entry.getKey())
                && next.getOrDefault(entry.getKey(), -1L) < entry.getValue());
  }
}
