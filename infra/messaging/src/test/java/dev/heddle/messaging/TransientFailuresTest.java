package dev.heddle.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

class TransientFailuresTest {

  static Stream<Throwable> passing() {
    return Stream.of(
        new OptimisticLockingFailureException("another was faster"),
        new DataAccessResourceFailureException("no connection"),
        new CannotCreateTransactionException("no connection"),
        new SQLTransientConnectionException("pool exhausted"),
        new TimeoutException("broker away"),
        new ConnectException("refused"));
  }

  @ParameterizedTest
  @MethodSource("passing")
  void recognisesWhatPassesByItselfAtAnyDepth(Throwable failure) {
    assertThat(TransientFailures.isTransient(failure)).isTrue();
    assertThat(
            TransientFailures.isTransient(
                new IllegalStateException("outer", new RuntimeException("inner", failure))))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "08006", "40001", "40P01", "53300", "55P03", "57P01", "57P03", "25006", "25P03", "25P04"
      })
  void recognisesStatesOfTheServer(String state) {
    assertThat(TransientFailures.isTransient(new SQLException("server", state))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"23505", "22P05", "42P01", "25P02", ""})
  void knowsStatesThatTheRecordCauses(String state) {
    assertThat(TransientFailures.isTransient(new SQLException("record", state))).isFalse();
  }

  static Stream<Throwable> lasting() {
    return Stream.of(
        new IllegalArgumentException("bad"),
        new NullPointerException(),
        new DataIntegrityViolationException("duplicate"),
        new RecordTooLargeException("too large"),
        new SQLException("no state"));
  }

  @ParameterizedTest
  @MethodSource("lasting")
  void treatsEverythingElseAsTheRecordsOwn(Throwable failure) {
    assertThat(TransientFailures.isTransient(failure)).isFalse();
  }

  @Test
  void tellsAFailedRollbackFromAFailedCommit() {
    var rollback = new TransactionSystemException("could not roll back");
    rollback.initApplicationException(new IllegalStateException("connection is closed"));

    assertThat(TransientFailures.isTransient(rollback)).isTrue();
    assertThat(TransientFailures.isTransient(new TransactionSystemException("could not commit")))
        .isFalse();
  }

  @Test
  void survivesARingOfCauses() {
    var one = new IllegalStateException("one");
    var two = new IllegalStateException("two", one);
    one.initCause(two);

    assertThat(TransientFailures.isTransient(one)).isFalse();
  }
}
