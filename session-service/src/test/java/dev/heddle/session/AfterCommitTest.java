package dev.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

class AfterCommitTest {

  private final Counter counter = new SimpleMeterRegistry().counter("c");
  private final TransactionTemplate transaction = new TransactionTemplate(new Resourceless());

  @Test
  void countsWhatIsCommitted() {
    transaction.executeWithoutResult(status -> {
      AfterCommit.count(counter, 2);
      assertThat(counter.count()).isZero();
    });
    assertThat(counter.count()).isEqualTo(2);
  }

  @Test
  void doesNotCountWhatIsRolledBack() {
    transaction.executeWithoutResult(status -> {
      AfterCommit.count(counter);
      status.setRollbackOnly();
    });
    assertThat(counter.count()).isZero();
  }

  @Test
  void countsAtOnceWithoutATransaction() {
    AfterCommit.count(counter);
    assertThat(counter.count()).isEqualTo(1);
  }

  private static final class Resourceless extends AbstractPlatformTransactionManager {
    @Override
    protected Object doGetTransaction() {
      return new Object();
    }

    @Override
    protected void doBegin(Object transaction, TransactionDefinition definition) {}

    @Override
    protected void doCommit(DefaultTransactionStatus status) {}

    @Override
    protected void doRollback(DefaultTransactionStatus status) {}
  }
}
