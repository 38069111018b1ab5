package dev.heddle.trace.sql;

import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/** Transactions that only read, and see the database as of one moment. */
@Component
public class ReadSnapshots {

  private final TransactionTemplate transactions;

  ReadSnapshots(PlatformTransactionManager transactionManager) {
    transactions = new TransactionTemplate(transactionManager);
    transactions.setReadOnly(true);
    transactions.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
  }

  public TransactionOperations transactions() {
    return transactions;
  }
}
