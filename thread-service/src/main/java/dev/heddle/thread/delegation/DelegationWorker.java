package dev.heddle.thread.delegation;

import dev.heddle.contracts.DelegationId;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Has the desk take what engines want delegated, as soon as that is stored; a sweep takes what a
 * crash or a passing failure has left.
 */
@Component
class DelegationWorker implements DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(DelegationWorker.class);

  private static final int BATCH = 100;

  private final DelegationDesk desk;
  private final AskedTasks tasks;

  /** One at a time: whoever reads what sessions become must not wait for it, nor it for a pool. */
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("delegations").factory());

  DelegationWorker(DelegationDesk desk, AskedTasks tasks) {
    this.desk = desk;
    this.tasks = tasks;
  }

  @TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT)
  void on(DelegationAsked asked) {
    try {
      thread.execute(() -> take(asked.id()));
    } catch (RejectedExecutionException e) {
      log.atInfo().log("a task is left to the next start, or to another replica");
    }
  }

  @Scheduled(fixedDelayString = "${heddle.thread.delegation.every:5s}")
  void sweep() {
    List<DelegationId> left = tasks.asked(BATCH);
    left.forEach(this::take);
  }

  private void take(DelegationId id) {
    try {
      desk.take(id);
    } catch (RuntimeException e) {
      log.atWarn().addKeyValue("delegation", id).setCause(e).log("a task is to be taken later");
    }
  }

  @Override
  public void destroy() {
    thread.shutdown();
  }
}
