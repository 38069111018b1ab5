package dev.heddle.messaging;

import dev.heddle.contracts.Topic;
import dev.heddle.contracts.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Provisions through Kafka's admin client, which is opened at first use. */
final class AdminTopicProvisioner implements TopicProvisioner, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AdminTopicProvisioner.class);

  private static final long RETRY_MILLIS = 250;
  private static final long REPORT_NANOS = Duration.ofSeconds(5).toNanos();

  /** Losing one broker of three loses nothing; more copies than this only cost. */
  private static final int DEFAULT_REPLICAS = 3;

  private final Supplier<Admin> opener;
  private final @Nullable Integer replicationFactor;
  private final Duration wait;
  private final CountDownLatch closed = new CountDownLatch(1);
  private @Nullable Admin admin;

  /**
   * @param replicationFactor of new topics; null for 3, or all brokers where there are fewer
   * @param wait for a broker that is away, and for topics of others
   */
  AdminTopicProvisioner(
      Supplier<Admin> opener, @Nullable Integer replicationFactor, Duration wait) {
    this.opener = opener;
    this.replicationFactor = replicationFactor;
    this.wait = wait;
  }

  @Override
  public void ensure(Topic... topics) {
    if (topics.length == 0) {
      return;
    }
    List<Topic> wanted = List.of(topics);
    persist("creating topics " + names(wanted), () -> tryEnsure(wanted));
    awaitPresent(topics);
  }

  @Override
  public void awaitPresent(Topic... topics) {
    if (topics.length == 0) {
      return;
    }
    List<Topic> wanted = List.of(topics);
    persist("waiting for topics " + names(wanted), () -> missing(wanted));
  }

  @Override
  public void ensureShareGroup(String group, Duration recordLock) {
    persist(
        "configuring share group " + group,
        () -> {
          var resource = new ConfigResource(ConfigResource.Type.GROUP, group);
          get(
              admin()
                  .incrementalAlterConfigs(
                      Map.of(
                          resource,
                          List.of(
                              set("share.auto.offset.reset", "earliest"),
                              set(
                                  "share.record.lock.duration.ms",
                                  Long.toString(recordLock.toMillis())))))
                  .all());
          return "";
        });
  }

  private static AlterConfigOp set(String name, String value) {
    return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
  }

  @Override
  public void close() {
    closed.countDown();
    synchronized (this) {
      if (admin != null) {
        admin.close(Duration.ofSeconds(5));
        admin = null;
      }
    }
  }

  /** One attempt; returns what is still missing, or an empty text. */
  private interface Step {
    String run() throws ExecutionException, InterruptedException;
  }

  private void persist(String task, Step step) {
    long start = System.nanoTime();
    long reported = start;
    while (true) {
      String missing;
      try {
        missing = step.run();
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof RetriableException)) {
          throw e.getCause() instanceof RuntimeException cause
              ? cause
              : new IllegalStateException("failed at " + task, e.getCause());
        }
        missing = String.valueOf(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted at " + task, e);
      }
      if (missing.isEmpty()) {
        return;
      }
      long now = System.nanoTime();
      if (now - start > wait.toNanos()) {
        throw new IllegalStateException(
            "gave up after %d s %s: %s. Is the broker up, and the service that owns the topic? (heddle.messaging.topic-wait)"
                .formatted(wait.toSeconds(), task, missing));
      }
      if (now - reported > REPORT_NANOS) {
        reported = now;
        log.atInfo().addKeyValue("missing", missing).log("still {}", task);
      }
      pause(task);
    }
  }

  private void pause(String task) {
    try {
      if (closed.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("closed while " + task);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + task, e);
    }
  }

  private String tryEnsure(List<Topic> topics) throws ExecutionException, InterruptedException {
    Map<String, TopicDescription> found = describe(topics);
    List<Topic> existing = new ArrayList<>();
    List<Topic> absent = new ArrayList<>();
    for (Topic topic : topics) {
      (found.containsKey(topic.name()) ? existing : absent).add(topic);
    }
    existing.forEach(topic -> checkPartitions(topic, found.get(topic.name())));
    align(existing);
    create(absent);
    return "";
  }

  private void create(List<Topic> topics) throws ExecutionException, InterruptedException {
    if (topics.isEmpty()) {
      return;
    }
    int replicas = replicas();
    List<NewTopic> created =
        topics.stream()
            .map(topic -> {
              Map<String, String> configs = new TreeMap<>(settings(topic));
              configs.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, replicas > 2 ? "2" : "1");
              return new NewTopic(
                      topic.name(), Optional.of(topic.partitions()), Optional.of((short) replicas))
                  .configs(configs);
            })
            .toList();
    for (Map.Entry<String, KafkaFuture<Void>> result :
        admin().createTopics(created).values().entrySet()) {
      try {
        get(result.getValue());
        log.atInfo().addKeyValue("topic", result.getKey()).log("topic created");
      } catch (ExecutionException e) {
        // Another replica was faster; the wait for presence checks what it made.
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw e;
        }
      }
    }
  }

  private int replicas() throws ExecutionException, InterruptedException {
    Integer configured = replicationFactor;
    return configured != null
        ? configured
        : Math.min(DEFAULT_REPLICAS, get(admin().describeCluster().nodes()).size());
  }

  private void align(List<Topic> topics) throws ExecutionException, InterruptedException {
    if (topics.isEmpty()) {
      return;
    }
    Map<ConfigResource, Topic> resources =
        topics.stream()
            .collect(
                Collectors.toMap(
                    topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic.name()),
                    topic -> topic));
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    get(admin().describeConfigs(resources.keySet()).all())
        .forEach((resource, current) -> {
          Topic topic = resources.get(resource);
          if (topic == null) {
            return;
          }
          List<AlterConfigOp> ops = new ArrayList<>();
          settings(topic)
              .forEach((name, value) -> {
                ConfigEntry entry = current.get(name);
                if (entry == null || !value.equals(entry.value())) {
                  ops.add(set(name, value));
                }
              });
          if (!ops.isEmpty()) {
            changes.put(resource, ops);
          }
        });
    if (!changes.isEmpty()) {
      get(admin().incrementalAlterConfigs(changes).all());
      changes.forEach((resource, ops) ->
          log.atInfo()
              .addKeyValue("topic", resource.name())
              .addKeyValue("settings", ops.stream().map(AlterConfigOp::configEntry).toList())
              .log("topic settings changed"));
    }
  }

  private static Map<String, String> settings(Topic topic) {
    Map<String, String> settings = new TreeMap<>();
    settings.put(
        TopicConfig.CLEANUP_POLICY_CONFIG,
        topic.compacted() ? TopicConfig.CLEANUP_POLICY_COMPACT : TopicConfig.CLEANUP_POLICY_DELETE);
    settings.put(
        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
        Integer.toString(
            topic.name().equals(Topics.PARKED.name())
                ? MessagingLimits.PARKED_MESSAGE_BYTES
                : MessagingLimits.TOPIC_MESSAGE_BYTES));
    if (!topic.compacted()) {
      settings.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(topic.retention().toMillis()));
    }
    return settings;
  }

  /** The names of topics that are not there yet, or have a partition without a leader. */
  private String missing(List<Topic> topics) throws ExecutionException, InterruptedException {
    Map<String, TopicDescription> found = describe(topics);
    List<String> missing = new ArrayList<>();
    for (Topic topic : topics) {
      TopicDescription description = found.get(topic.name());
      if (description == null
          || description.partitions().stream().anyMatch(partition -> partition.leader() == null)) {
        missing.add(topic.name());
      } else {
        checkPartitions(topic, description);
      }
    }
    return String.join(", ", missing);
  }

  private Map<String, TopicDescription> describe(List<Topic> topics)
      throws ExecutionException, InterruptedException {
    Map<String, TopicDescription> found = new TreeMap<>();
    for (var result :
        admin()
            .describeTopics(topics.stream().map(Topic::name).toList())
            .topicNameValues()
            .entrySet()) {
      try {
        found.put(result.getKey(), get(result.getValue()));
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
      }
    }
    return found;
  }

  private static void checkPartitions(Topic topic, @Nullable TopicDescription description) {
    if (description != null && description.partitions().size() != topic.partitions()) {
      throw new TopicMismatchException(
          topic.name(), topic.partitions(), description.partitions().size());
    }
  }

  private static <T> T get(KafkaFuture<T> future) throws ExecutionException, InterruptedException {
    return future.get();
  }

  private static String names(List<Topic> topics) {
    return topics.stream().map(Topic::name).collect(Collectors.joining(", "));
  }

  private synchronized Admin admin() {
    if (closed.getCount() == 0) {
      throw new IllegalStateException("topic provisioner is closed");
    }
    Admin open = admin;
    if (open == null) {
      open = opener.get();
      admin = open;
    }
    return open;
  }
}
