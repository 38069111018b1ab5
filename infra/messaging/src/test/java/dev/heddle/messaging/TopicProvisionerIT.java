package dev.heddle.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.contracts.Topic;
import dev.heddle.testkit.TestKafka;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.junit.jupiter.api.Test;

class TopicProvisionerIT {

  @Test
  void createsATopicAsDeclared() throws Exception {
    Topic topic = TestTopics.declared(3);
    try (AdminTopicProvisioner provisioner = TestTopics.provisioner()) {
      provisioner.ensure(topic);
    }

    TopicDescription description = describe(topic);
    assertThat(description.partitions()).hasSize(3);
    assertThat(description.partitions().getFirst().replicas()).hasSize(1);
    assertThat(setting(topic, "retention.ms"))
        .isEqualTo(Long.toString(Duration.ofDays(1).toMillis()));
    assertThat(setting(topic, "cleanup.policy")).isEqualTo("delete");
    assertThat(setting(topic, "max.message.bytes")).isEqualTo("2162688");
    assertThat(setting(topic, "min.insync.replicas")).isEqualTo("1");
  }

  @Test
  void createsACompactedTopic() throws Exception {
    Topic topic = changed(TestTopics.declared(1), Duration.ofDays(1), true);
    try (AdminTopicProvisioner provisioner = TestTopics.provisioner()) {
      provisioner.ensure(topic);
    }

    assertThat(setting(topic, "cleanup.policy")).isEqualTo("compact");
  }

  @Test
  void alignsTheRetentionOfATopicThatExists() throws Exception {
    Topic topic = TestTopics.created(2);
    try (AdminTopicProvisioner provisioner = TestTopics.provisioner()) {
      provisioner.ensure(changed(topic, Duration.ofHours(7), false));
    }

    assertThat(setting(topic, "retention.ms"))
        .isEqualTo(Long.toString(Duration.ofHours(7).toMillis()));
  }

  @Test
  void refusesATopicWithAnotherNumberOfPartitions() {
    Topic topic = TestTopics.created(2);
    Topic wider = new Topic(topic.name(), 5, topic.key(), topic.owner(), topic.retention(), false);
    try (AdminTopicProvisioner provisioner = TestTopics.provisioner()) {
      assertThatThrownBy(() -> provisioner.ensure(wider))
          .isInstanceOf(TopicMismatchException.class)
          .hasMessageContaining(topic.name())
          .hasMessageContaining("2 partitions")
          .hasMessageContaining("5 are declared");
      assertThatThrownBy(() -> provisioner.awaitPresent(wider))
          .isInstanceOf(TopicMismatchException.class);
    }
  }

  @Test
  void replicasOfAServiceMayCreateAtTheSameTime() throws Exception {
    Topic topic = TestTopics.declared(4);
    var together = new CountDownLatch(1);
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      List<Future<?>> replicas =
          IntStream.range(0, 4)
              .<Future<?>>mapToObj(n ->
                  pool.submit(() -> {
                    try (AdminTopicProvisioner provisioner = TestTopics.provisioner()) {
                      together.await();
                      provisioner.ensure(topic);
                    }
                    return null;
                  }))
              .toList();
      together.countDown();
      for (Future<?> replica : replicas) {
        replica.get();
      }
    }

    assertThat(describe(topic).partitions()).hasSize(4);
  }

  @Test
  void waitsUntilTheOwnerHasCreatedATopic() throws Exception {
    Topic topic = TestTopics.declared(1);
    try (AdminTopicProvisioner reader = TestTopics.provisioner();
        AdminTopicProvisioner owner = TestTopics.provisioner();
        ExecutorService pool = Executors.newSingleThreadExecutor()) {
      Future<?> waiting = pool.submit(() -> reader.awaitPresent(topic));
      assertThatThrownBy(() -> waiting.get(500, TimeUnit.MILLISECONDS))
          .isInstanceOf(java.util.concurrent.TimeoutException.class);

      owner.ensure(topic);
      waiting.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void givesUpOnATopicThatNobodyCreatesAndSaysWhich() {
    Topic topic = TestTopics.declared(1);
    try (AdminTopicProvisioner provisioner = TestTopics.provisioner(Duration.ofMillis(300))) {
      assertThatThrownBy(() -> provisioner.awaitPresent(topic))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(topic.name())
          .hasMessageContaining("heddle.messaging.topic-wait");
    }
  }

  @Test
  void aShareGroupBeginsWithTheEarliestRecordAndKeepsItsLockAsLongAsItIsTold() throws Exception {
    try (AdminTopicProvisioner provisioner = TestTopics.provisioner()) {
      provisioner.ensureShareGroup("workers.provisioned", Duration.ofSeconds(20));
      provisioner.ensureShareGroup("workers.provisioned", Duration.ofSeconds(12));
    }

    var group = new ConfigResource(ConfigResource.Type.GROUP, "workers.provisioned");
    try (Admin admin = TestKafka.admin()) {
      Config settings = admin.describeConfigs(List.of(group)).all().get().get(group);
      assertThat(settings.get("share.auto.offset.reset").value()).isEqualTo("earliest");
      assertThat(settings.get("share.record.lock.duration.ms").value()).isEqualTo("12000");
    }
  }

  @Test
  void aRecordLockThatTheBrokerDoesNotAllowIsRefusedAtOnce() {
    try (AdminTopicProvisioner provisioner = TestTopics.provisioner()) {
      assertThatThrownBy(
              () -> provisioner.ensureShareGroup("workers.provisioned", Duration.ofMinutes(10)))
          .isInstanceOf(InvalidConfigurationException.class)
          .hasMessageContaining("share.record.lock.duration.ms");
    }
  }

  private static Topic changed(Topic topic, Duration retention, boolean compacted) {
    return new Topic(
        topic.name(), topic.partitions(), topic.key(), topic.owner(), retention, compacted);
  }

  private static TopicDescription describe(Topic topic) throws Exception {
    try (Admin admin = TestKafka.admin()) {
      return admin.describeTopics(List.of(topic.name())).allTopicNames().get().get(topic.name());
    }
  }

  private static String setting(Topic topic, String name) throws Exception {
    var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
    try (Admin admin = TestKafka.admin()) {
      return admin.describeConfigs(List.of(resource)).all().get().get(resource).get(name).value();
    }
  }
}
