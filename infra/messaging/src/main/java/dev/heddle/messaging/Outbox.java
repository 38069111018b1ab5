package dev.heddle.messaging;

import dev.heddle.contracts.Topic;
import java.util.Map;
import java.util.Set;

/**
 * Where a service puts what it wants to say, in the same transaction as the change that it speaks
 * of. A relay sends it after the commit, in order per topic and key, at least once: after a crash a
 * whole batch may be sent again (A1 A2 A1 A2), so consumers guard by version.
 */
public interface Outbox {

  /**
   * Stores a record in the caller's transaction and wakes the relay after its commit. Lock or write
   * the row that the record speaks of first (JPA: flush), or two transactions may store their
   * records in another order than they changed it. The record goes out under the trace of the
   * caller's {@link LogScope}.
   *
   * @param key decides the partition; records of one key stay in order
   * @param payload a record of the wire
   * @throws IllegalStateException outside a transaction
   */
  void send(Topic topic, String key, Object payload);

  /**
   * Stores a record that was on a topic before, to be sent once more as it is.
   *
   * @param topic the name of a topic, which may be one of a pool
   * @param headers of the record, as text
   * @throws IllegalStateException outside a transaction
   */
  void resend(String topic, String key, byte[] payload, Map<String, String> headers);

  /**
   * Those of some keys of a topic for which records wait here that the broker has not taken yet.
   */
  Set<String> unsent(Topic topic, Set<String> keys);
}
