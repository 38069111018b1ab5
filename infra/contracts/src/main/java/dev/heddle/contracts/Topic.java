package dev.heddle.contracts;

import java.time.Duration;

/**
 * A Kafka topic as Heddle declares it.
 *
 * @param name the name on the broker
 * @param partitions fixed for ever, since the order of a key depends on it
 * @param key what the record key identifies; records of one key stay in order
 * @param owner the service that creates the topic
 * @param retention how long records are kept; ignored where the topic is compacted
 * @param compacted keeps the last record of each key instead of a span of time
 */
public record Topic(
    String name, int partitions, String key, String owner, Duration retention, boolean compacted) {

  /** The largest record that any topic takes, in bytes: a prompt of 256 KiB, escaped, fits. */
  public static final int MAX_RECORD_BYTES = 2 * 1024 * 1024;

  public Topic {
    if (partitions < 1) {
      throw new IllegalArgumentException("a topic has at least one partition: " + name);
    }
  }

  static Topic keyed(String name, String key, String owner, Duration retention) {
    return new Topic(name, Topics.PARTITIONS, key, owner, retention, false);
  }
}
