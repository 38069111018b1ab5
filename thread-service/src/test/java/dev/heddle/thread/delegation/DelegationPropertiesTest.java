package dev.heddle.thread.delegation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class DelegationPropertiesTest {

  private static DelegationProperties bind(Map<String, String> settings) {
    return new Binder(new MapConfigurationPropertySource(settings))
        .bindOrCreate("heddle.thread.delegation", DelegationProperties.class);
  }

  @Test
  void defaultsAreThoseOfTheDocumentation() {
    assertThat(bind(Map.of()))
        .isEqualTo(new DelegationProperties(3, 16, 64, Duration.ofSeconds(5)));
  }

  @Test
  void everyKeyIsRead() {
    assertThat(
            bind(
                Map.of(
                    "heddle.thread.delegation.max-depth", "1",
                    "heddle.thread.delegation.max-children", "2",
                    "heddle.thread.delegation.max-tree", "5")))
        .isEqualTo(new DelegationProperties(1, 2, 5, Duration.ofSeconds(5)));
  }

  @Test
  void aSenselessValueIsRefusedByItsKey() {
    assertThatThrownBy(() -> bind(Map.of("heddle.thread.delegation.max-depth", "0")))
        .hasRootCauseMessage(
            "heddle.thread.delegation.max-depth must be between 1 and 1000, but is 0");
    assertThatThrownBy(() -> bind(Map.of("heddle.thread.delegation.max-children", "1001")))
        .hasRootCauseMessage(
            "heddle.thread.delegation.max-children must be between 1 and 1000, but is 1001");
    assertThatThrownBy(() -> bind(Map.of("heddle.thread.delegation.max-tree", "1")))
        .hasRootCauseMessage(
            "heddle.thread.delegation.max-tree must be between 2 and 1000, but is 1");
  }
}
