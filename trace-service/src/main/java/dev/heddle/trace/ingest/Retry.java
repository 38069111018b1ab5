package dev.heddle.trace.ingest;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;

/** Tells a database or a broker that is away from a record that fails each time. */
final class Retry {

  /**
   * Classes of SQLSTATE (PostgreSQL, appendix A): connection, invalid transaction state (a session
   * that the server ended for idling), rollback, resources, object state, operator, system.
   */
  private static final Set<String> PASSING = Set.of("08", "25", "40", "53", "55", "57", "58");

  private Retry() {}

  static boolean helps(Throwable failure) {
    int depth = 0;
    for (Throwable cause = failure; cause != null && depth < 50; cause = cause.getCause()) {
      if (passes(cause)) {
        return true;
      }
      depth++;
    }
    return false;
  }

  private static boolean passes(Throwable failure) {
    return failure instanceof TransientDataAccessException
        || failure instanceof DataAccessResourceFailureException
        || failure instanceof CannotCreateTransactionException
        || failure instanceof SQLTransientException
        || failure instanceof SQLRecoverableException
        || failure instanceof KafkaException
        || failure instanceof IOException
        || failure instanceof InterruptedException
        || (failure instanceof SQLException sql && passes(sql.getSQLState()));
  }

  private static boolean passes(@Nullable String state) {
    return state != null && state.length() == 5 && PASSING.contains(state.substring(0, 2));
  }
}
