package dev.heddle.rest;

import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a failure of the database means for a client, read from the SQLSTATE, so that it is the same
 * with JDBC and JPA. Optimistic-lock conflicts have no SQLSTATE and are known by name, since a
 * service without Spring's or JPA's classes must be able to load this one.
 */
final class DatabaseProblems {
  private DatabaseProblems() {}

  static @Nullable Problem describe(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      Problem problem = isVersionConflict(cause.getClass()) ? versionConflict() : sql(cause);
      if (problem != null) {
        return problem;
      }
    }
    return null;
  }

  private static boolean isVersionConflict(Class<?> type) {
    for (Class<?> c = type; c != null; c = c.getSuperclass()) {
      if (c.getName().equals("org.springframework.dao.OptimisticLockingFailureException")
          || c.getName().equals("jakarta.persistence.OptimisticLockException")) {
        return true;
      }
    }
    return false;
  }

  private static Problem versionConflict() {
    return new Problem(
        RestError.VERSION_CONFLICT, "Read it again, apply your change to that, and send it again.");
  }

  private static @Nullable Problem sql(Throwable cause) {
    if (cause instanceof SQLTransientConnectionException
        || cause instanceof SQLRecoverableException
        || isClosedByPool(cause)) {
      return away();
    }
    String state = cause instanceof SQLException e ? e.getSQLState() : null;
    if (state == null) {
      return null;
    }
    // https://www.postgresql.org/docs/18/errcodes-appendix.html
    return switch (state) {
      case "23505" -> new Problem(RestError.ALREADY_EXISTS, "Another one has this unique value.");
      case "40001", "40P01", "55P03", "57014" ->
          new Problem(RestError.DATABASE_BUSY, "The work was in another's way; ask again.")
              .retryAfter(Duration.ofSeconds(1));
      default ->
          state.startsWith("08") || state.startsWith("57P") || state.startsWith("53")
              ? away()
              : null;
    };
  }

  private static Problem away() {
    return new Problem(
            RestError.DATABASE_UNAVAILABLE, "Nothing was changed that you were told of; ask again.")
        .retryAfter(Duration.ofSeconds(2));
  }

  /**
   * After a connection has died, a failed rollback hides the failure that told why; what is left is
   * HikariCP's word for a connection that it has evicted, which has no SQLSTATE.
   */
  private static boolean isClosedByPool(Throwable cause) {
    return cause instanceof SQLException e
        && e.getSQLState() == null
        && "Connection is closed".equals(e.getMessage());
  }
}
