package dev.heddle.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsTest {

  @Test
  void everyTopicHasItsOwnName() {
    assertThat(Topics.ALL).extracting(Topic::name).doesNotHaveDuplicates();
  }

  @Test
  void aDispatchTopicHasOnePartitionSoThatAFullWorkerStrandsNothing() {
    assertThat(Topics.queued("gpu").partitions()).isEqualTo(1);
    assertThat(Topics.queued("gpu").name()).isEqualTo("session.queued.gpu");
    assertThat(Topics.queued(Topics.DEFAULT_POOL).name()).isEqualTo("session.queued");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GPU", "a b", "-gpu", "a/b", "gpu.1"})
  void refusesAPoolThatCannotNameATopic(String pool) {
    assertThatThrownBy(() -> Topics.queued(pool)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void knowsTheNamesOfItsTopics() {
    assertThat(List.of("trace.events", "session.queued", "session.queued.gpu"))
        .allMatch(Topics::isName);
    assertThat(
            List.of("", "trace", "session.queued.", "session.queued.GPU", "session.queued.default"))
        .noneMatch(Topics::isName);
  }
}
