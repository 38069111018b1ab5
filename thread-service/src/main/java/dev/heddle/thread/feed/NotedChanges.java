package dev.heddle.thread.feed;

import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * What the current transaction has changed of threads and not told yet; the latest of each area.
 */
final class NotedChanges implements TransactionSynchronization {

  private final Map<ThreadId, Map<Object, ThreadChange>> byThread = new HashMap<>();

  private NotedChanges() {}

  /**
   * Those of the caller's transaction; none yet where nothing was noted in it.
   *
   * @throws IllegalStateException outside a transaction
   */
  static NotedChanges ofTransaction() {
    for (TransactionSynchronization one : TransactionSynchronizationManager.getSynchronizations()) {
      if (one instanceof NotedChanges noted) {
        return noted;
      }
    }
    NotedChanges fresh = new NotedChanges();
    TransactionSynchronizationManager.registerSynchronization(fresh);
    return fresh;
  }

  void add(ThreadId thread, ThreadChange change) {
    byThread.computeIfAbsent(thread, _ -> new LinkedHashMap<>()).put(areaOf(change), change);
  }

  /** Takes what was noted of a thread, behind what the caller knows now, which stands over it. */
  List<ThreadChange> take(ThreadId thread, List<? extends ThreadChange> known) {
    Map<Object, ThreadChange> areas = new LinkedHashMap<>();
    known.forEach(change -> areas.put(areaOf(change), change));
    Map<Object, ThreadChange> noted = byThread.remove(thread);
    if (noted != null) {
      noted.forEach(areas::putIfAbsent);
    }
    return new ArrayList<>(areas.values());
  }

  /** A message is an area of its own, and so is a child. */
  private static Object areaOf(ThreadChange change) {
    return switch (change) {
      case ThreadChange.Message message -> message.messageId();
      case ThreadChange.Child child -> child.childId();
      default -> change.getClass();
    };
  }

  @Override
  public void beforeCommit(boolean readOnly) {
    if (!byThread.isEmpty()) {
      throw new IllegalStateException("nobody told what changed of threads " + byThread.keySet());
    }
  }
}
