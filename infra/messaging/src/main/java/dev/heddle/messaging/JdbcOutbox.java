package dev.heddle.messaging;

import dev.heddle.contracts.Topic;
import dev.heddle.contracts.TraceId;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The table behind the outbox, on the connection of the caller's transaction. */
final class JdbcOutbox implements Outbox {

  private final JdbcTemplate jdbc;

  // One object for all transactions: a transaction keeps a set, so it is woken for once.
  private final TransactionSynchronization wakeAfterCommit;

  JdbcOutbox(JdbcTemplate jdbc, Runnable wake) {
    this.jdbc = jdbc;
    this.wakeAfterCommit =
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            wake.run();
          }
        };
  }

  @Override
  public void send(Topic topic, String key, Object payload) {
    store(topic.name(), key, Json.bytes(payload), headers());
  }

  @Override
  public void resend(String topic, String key, byte[] payload, Map<String, String> headers) {
    store(topic, key, payload, headers);
  }

  @Override
  public Set<String> unsent(Topic topic, Set<String> keys) {
    return keys.isEmpty()
        ? Set.of()
        : Set.copyOf(
            jdbc.queryForList(
                "select distinct key from outbox where topic = ? and key = any(?)",
                String.class,
                topic.name(),
                keys.toArray(String[]::new)));
  }

  private void store(String topic, String key, byte[] payload, Map<String, String> headers) {
    if (!TransactionSynchronizationManager.isActualTransactionActive()) {
      throw new IllegalStateException(
          "the outbox needs a transaction: what is sent to %s must commit with the change that it speaks of"
              .formatted(topic));
    }
    jdbc.update(
        "insert into outbox (topic, key, payload, headers) values (?, ?, ?, ?::jsonb)",
        topic,
        key,
        payload,
        Json.string(headers));
    TransactionSynchronizationManager.registerSynchronization(wakeAfterCommit);
  }

  /** Of the work at hand, not of the relay, which sends rows of many. */
  private static Map<String, String> headers() {
    return LogScope.trace().map(trace -> Map.of(TraceId.HEADER, trace.header())).orElse(Map.of());
  }
}
