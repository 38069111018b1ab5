package dev.heddle.messaging;

import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

/**
 * Tells failures that pass by themselves (the database or the broker is away, another was faster)
 * from those that a record causes each time. Every consumer asks here before it parks a record.
 */
public final class TransientFailures {

  /**
   * Classes of SQLSTATE (PostgreSQL, appendix A): connection, rollback (serialization, deadlock),
   * insufficient resources, object not in the needed state (lock not available), operator
   * intervention, system error.
   */
  private static final Set<String> SQL_CLASSES = Set.of("08", "40", "53", "55", "57", "58");

  /**
   * States of class 25, invalid transaction state, that pass: a server that became a standby
   * refuses writes until the next one is found; a transaction was ended for idling, or for lasting,
   * too long. Not 25P02, which follows whatever else failed before it.
   */
  private static final Set<String> TRANSACTION_STATES = Set.of("25006", "25P03", "25P04");

  private TransientFailures() {}

  /** Whether the same may go well when it is tried again later. */
  public static boolean isTransient(Throwable failure) {
    // A chain of causes may be a ring; none that is honest is this long.
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 50; depth++) {
      if (isTransientItself(cause)) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  private static boolean isTransientItself(Throwable failure) {
    return failure instanceof TransientDataAccessException
        || failure instanceof RecoverableDataAccessException
        || failure instanceof DataAccessResourceFailureException
        || failure instanceof CannotCreateTransactionException
        || failure instanceof RetriableException
        || failure instanceof InterruptException
        || failure instanceof InterruptedException
        || failure instanceof SocketException
        || failure instanceof SocketTimeoutException
        || failure instanceof UnknownHostException
        || failure instanceof SQLTransientException
        || failure instanceof SQLRecoverableException
        || isFailedRollback(failure)
        || (failure instanceof SQLException sql && isTransientState(sql.getSQLState()));
  }

  /** Only a connection that is gone cannot be rolled back; its message hides the first failure. */
  private static boolean isFailedRollback(Throwable failure) {
    return failure instanceof TransactionSystemException system
        && system.getApplicationException() != null;
  }

  private static boolean isTransientState(@Nullable String state) {
    return state != null
        && state.length() == 5
        && (SQL_CLASSES.contains(state.substring(0, 2)) || TRANSACTION_STATES.contains(state));
  }
}
