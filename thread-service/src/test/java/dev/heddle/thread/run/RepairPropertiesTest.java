package dev.heddle.thread.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class RepairPropertiesTest {

  private static RepairProperties bind(Map<String, String> settings) {
    return new Binder(new MapConfigurationPropertySource(settings))
        .bindOrCreate("heddle.thread.repair", RepairProperties.class);
  }

  @Test
  void defaultsAreThoseOfTheDocumentation() {
    assertThat(bind(Map.of()))
        .isEqualTo(
            new RepairProperties(
                Duration.ofSeconds(30), Duration.ofHours(1), Duration.ofSeconds(5), 100));
  }

  @Test
  void everyKeyIsRead() {
    assertThat(
            bind(
                Map.of(
                    "heddle.thread.repair.unanswered-after", "1m",
                    "heddle.thread.repair.at-most", "2h",
                    "heddle.thread.repair.every", "2s",
                    "heddle.thread.repair.batch", "7")))
        .isEqualTo(
            new RepairProperties(
                Duration.ofMinutes(1), Duration.ofHours(2), Duration.ofSeconds(2), 7));
  }

  @Test
  void aSenselessValueIsRefusedByItsKey() {
    assertThatThrownBy(() -> bind(Map.of("heddle.thread.repair.every", "0s")))
        .hasRootCauseMessage("heddle.thread.repair.every must be longer than zero, but is PT0S");
    assertThatThrownBy(() -> bind(Map.of("heddle.thread.repair.at-most", "29s")))
        .hasRootCauseMessage(
            "heddle.thread.repair.at-most must not be less than unanswered-after, PT30S, but is"
                + " PT29S");
    assertThatThrownBy(() -> bind(Map.of("heddle.thread.repair.batch", "0")))
        .hasRootCauseMessage("heddle.thread.repair.batch must be at least 1, but is 0");
  }
}
