package dev.heddle.messaging;

import dev.heddle.contracts.Topic;
import java.time.Duration;

/** Makes the broker's topics and groups what the contracts declare. All calls are idempotent. */
public interface TopicProvisioner {

  /**
   * Creates what is missing and aligns the settings of what exists; returns when every partition
   * has a leader. Waits a bounded time for a broker that is away.
   *
   * @throws TopicMismatchException where a topic exists with another number of partitions
   * @throws IllegalStateException where the broker does not answer in time
   */
  void ensure(Topic... topics);

  /**
   * Waits until topics of other owners exist, and says now and then what it waits for.
   *
   * @throws TopicMismatchException where a topic exists with another number of partitions
   * @throws IllegalStateException where they do not exist in time
   */
  void awaitPresent(Topic... topics);

  /**
   * Lets a share group begin with the earliest record. Kafka's default is the latest, which loses
   * what was sent before the first member joined; so call it before.
   *
   * @param recordLock how long a member may keep a record before another gets it; the broker allows
   *     15 s to 60 s where it is not told otherwise
   * @throws org.apache.kafka.common.errors.InvalidConfigurationException where it does not allow it
   */
  void ensureShareGroup(String group, Duration recordLock);
}
