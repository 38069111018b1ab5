package dev.heddle.messaging;

import dev.heddle.contracts.Topic;
import dev.heddle.contracts.Topics;
import dev.heddle.testkit.TestKafka;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Fresh topics on the test broker, one for each test that asks. */
final class TestTopics {

  private static final AtomicInteger COUNT = new AtomicInteger();

  private TestTopics() {}

  /** The declaration of a topic that does not exist yet. */
  static Topic declared(int partitions) {
    return new Topic(
        "test." + COUNT.incrementAndGet(),
        partitions,
        "key",
        "test-service",
        Duration.ofDays(1),
        false);
  }

  static Topic created(int partitions) {
    Topic topic = declared(partitions);
    try (AdminTopicProvisioner provisioner = provisioner()) {
      provisioner.ensure(topic, Topics.PARKED);
    }
    return topic;
  }

  static AdminTopicProvisioner provisioner() {
    return provisioner(Duration.ofSeconds(30));
  }

  static AdminTopicProvisioner provisioner(Duration wait) {
    return new AdminTopicProvisioner(TestKafka::admin, null, wait);
  }
}
