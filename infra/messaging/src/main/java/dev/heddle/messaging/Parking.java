package dev.heddle.messaging;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Puts aside what can never be consumed: on the topic {@code parked}, with its source and reason,
 * counted in {@code heddle.parked.records} by topic and code.
 */
public interface Parking {

  /**
   * Parks a record and returns when the broker has it.
   *
   * @param code the kind of reason, a short constant such as {@code unreadable}
   * @param reason for people
   * @throws org.apache.kafka.common.errors.RetriableException where the broker does not take it now
   */
  void park(ConsumerRecord<String, byte[]> record, String code, String reason);

  /** Parks a record that the service refuses to apply, with code {@code failed}. */
  default void park(ConsumerRecord<String, byte[]> record, String reason) {
    park(record, "failed", reason);
  }
}
