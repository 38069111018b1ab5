package dev.heddle.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessagingPropertiesTest {

  @Test
  void hasDefaultsForAllButTheName() {
    var properties = new MessagingProperties("thread-service", null, null, null, null);

    assertThat(properties.awaits()).isEmpty();
    assertThat(properties.replicationFactor()).isNull();
    assertThat(properties.topicWait()).isEqualTo(Duration.ofMinutes(2));
    assertThat(properties.outboxBatch()).isEqualTo(500);
  }

  @Test
  void namesTheKeyThatIsWrong() {
    assertThatThrownBy(() -> new MessagingProperties(" ", null, null, null, null))
        .hasMessageContaining("heddle.messaging.service");
    assertThatThrownBy(() -> new MessagingProperties("s", List.of(), 0, null, null))
        .hasMessageContaining("heddle.messaging.replication-factor");
    assertThatThrownBy(() -> new MessagingProperties("s", List.of(), 1, Duration.ZERO, null))
        .hasMessageContaining("heddle.messaging.topic-wait");
    assertThatThrownBy(() -> new MessagingProperties("s", List.of(), 1, null, 501))
        .hasMessageContaining("heddle.messaging.outbox-batch");
  }
}
