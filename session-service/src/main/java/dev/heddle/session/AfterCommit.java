package dev.heddle.session;

import io.micrometer.core.instrument.Counter;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Counts what a transaction did when it is committed: until then it may be tried again. */
public final class AfterCommit {

  private AfterCommit() {}

  /** Counts one; at once where there is no transaction. */
  public static void count(Counter counter) {
    count(counter, 1);
  }

  /** Counts so many; at once where there is no transaction. */
  public static void count(Counter counter, double amount) {
    if (!TransactionSynchronizationManager.isSynchronizationActive()) {
      counter.increment(amount);
      return;
    }
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            counter.increment(amount);
          }
        });
  }
}
