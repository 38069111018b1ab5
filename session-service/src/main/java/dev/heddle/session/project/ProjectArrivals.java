package dev.heddle.session.project;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Finds projects that may be on their way: one that was just created reaches this service some
 * milliseconds later.
 */
@Component
public class ProjectArrivals {

  /** Another replica may have stored it, of which nothing is heard here. */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  private final Projects projects;
  private final Lock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();

  ProjectArrivals(Projects projects) {
    this.projects = projects;
  }

  /** Said within the transaction that stores projects. */
  record Arrived() {}

  @TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT, fallbackExecution = true)
  void on(Arrived event) {
    lock.lock();
    try {
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The project of this id or name; waits for it for a while. */
  public Optional<Project> await(String idOrName, Duration patience) {
    long left = patience.toNanos();
    lock.lock();
    try {
      Optional<Project> found = projects.find(idOrName);
      while (found.isEmpty() && left > 0) {
        long slice = Math.min(left, LOOK_AGAIN.toNanos());
        left -= slice - Math.max(0, arrived.awaitNanos(slice));
        found = projects.find(idOrName);
      }
      return found;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }
}
