package dev.heddle.messaging;

import dev.heddle.contracts.Topic;
import dev.heddle.contracts.Topics;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.support.TopicPartitionOffset;

/**
 * Before the service listens to anything, web server included: creates the topics that it owns,
 * then waits for those that it reads.
 */
final class TopicStartup implements SmartLifecycle {

  /** Ahead of the web server (-2048) and the listener containers (-100). */
  static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 5_000;

  private static final Map<String, Topic> DECLARED =
      Topics.ALL.stream().collect(Collectors.toMap(Topic::name, Function.identity()));

  private final TopicProvisioner provisioner;
  private final KafkaListenerEndpointRegistry listeners;
  private final MessagingProperties properties;
  private volatile boolean running;

  TopicStartup(
      TopicProvisioner provisioner,
      KafkaListenerEndpointRegistry listeners,
      MessagingProperties properties) {
    this.provisioner = provisioner;
    this.listeners = listeners;
    this.properties = properties;
  }

  @Override
  public void start() {
    provisioner.ensure(
        Topics.ALL.stream()
            .filter(topic -> topic.owner().equals(properties.service()))
            .toArray(Topic[]::new));
    provisioner.awaitPresent(
        Stream.concat(configured(), listened()).distinct().toArray(Topic[]::new));
    running = true;
  }

  private Stream<Topic> configured() {
    return properties.awaits().stream()
        .map(name -> {
          Topic topic = DECLARED.get(name);
          if (topic == null) {
            throw new IllegalArgumentException(
                "heddle.messaging.awaits names the topic '%s', which is not declared"
                    .formatted(name));
          }
          return topic;
        });
  }

  private Stream<Topic> listened() {
    return listeners.getAllListenerContainers().stream()
        .flatMap(container -> topicsOf(container.getContainerProperties()))
        .map(DECLARED::get)
        .filter(Objects::nonNull);
  }

  private static Stream<String> topicsOf(ContainerProperties container) {
    String[] topics = container.getTopics();
    TopicPartitionOffset[] assigned = container.getTopicPartitions();
    return Stream.concat(
        topics == null ? Stream.empty() : Arrays.stream(topics),
        assigned == null
            ? Stream.empty()
            : Arrays.stream(assigned).map(TopicPartitionOffset::getTopic));
  }

  @Override
  public void stop() {
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
