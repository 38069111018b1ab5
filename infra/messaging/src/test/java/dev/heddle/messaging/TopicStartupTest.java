package dev.heddle.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.contracts.Topic;
import dev.heddle.contracts.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.config.MethodKafkaListenerEndpoint;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.messaging.handler.annotation.support.DefaultMessageHandlerMethodFactory;

class TopicStartupTest {

  private final List<String> steps = new ArrayList<>();
  private final KafkaListenerEndpointRegistry listeners = new KafkaListenerEndpointRegistry();

  @Test
  void createsItsOwnThenAwaitsWhatItReadsAndNames() {
    listenTo("session.changed", "not.declared");

    startup("trace-service", "session.queued").start();

    assertThat(steps)
        .containsExactly("ensure trace.events parked", "await session.queued session.changed");
  }

  @Test
  void everyTopicHasAServiceThatCreatesIt() {
    for (String service :
        List.of(Topics.THREAD_SERVICE, Topics.SESSION_SERVICE, Topics.TRACE_SERVICE)) {
      startup(service).start();
    }

    assertThat(String.join(" ", steps)).contains(Topics.ALL.stream().map(Topic::name).toList());
  }

  @Test
  void refusesToAwaitATopicThatNobodyDeclares() {
    assertThatThrownBy(() -> startup("thread-service", "no.such").start())
        .hasMessageContaining("heddle.messaging.awaits")
        .hasMessageContaining("no.such");
  }

  @Test
  void runsBeforeTheRelayAndTheListeners() {
    assertThat(startup("thread-service").getPhase())
        .isLessThan(OutboxRelay.PHASE)
        .isLessThan(AbstractMessageListenerContainer.DEFAULT_PHASE);
    assertThat(OutboxRelay.PHASE).isLessThan(AbstractMessageListenerContainer.DEFAULT_PHASE);
  }

  private TopicStartup startup(String service, String... awaits) {
    return new TopicStartup(
        new RecordingProvisioner(),
        listeners,
        new MessagingProperties(service, List.of(awaits), null, null, null));
  }

  private void listenTo(String... topics) {
    var factory = new ConcurrentKafkaListenerContainerFactory<Object, Object>();
    factory.setConsumerFactory(new DefaultKafkaConsumerFactory<>(Map.of()));
    factory.setAutoStartup(false);
    var endpoint = new MethodKafkaListenerEndpoint<Object, Object>();
    endpoint.setId("listener");
    endpoint.setGroupId("group");
    endpoint.setTopics(topics);
    endpoint.setBean(this);
    endpoint.setMethod(Arrays.stream(getClass().getDeclaredMethods()).findFirst().orElseThrow());
    endpoint.setMessageHandlerMethodFactory(new DefaultMessageHandlerMethodFactory());
    listeners.registerListenerContainer(endpoint, factory);
  }

  private final class RecordingProvisioner implements TopicProvisioner {

    @Override
    public void ensure(Topic... topics) {
      steps.add("ensure " + names(topics));
    }

    @Override
    public void awaitPresent(Topic... topics) {
      steps.add("await " + names(topics));
    }

    @Override
    public void ensureShareGroup(String group, Duration recordLock) {
      steps.add("group " + group);
    }

    private static String names(Topic... topics) {
      return Arrays.stream(topics).map(Topic::name).collect(Collectors.joining(" "));
    }
  }
}
