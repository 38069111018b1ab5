package dev.heddle.thread.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class ApprovalPropertiesTest {

  private static ApprovalProperties bind(Map<String, String> settings) {
    return new Binder(new MapConfigurationPropertySource(settings))
        .bindOrCreate("heddle.thread.approval", ApprovalProperties.class);
  }

  @Test
  void defaultsAreThoseOfTheDocumentation() {
    assertThat(bind(Map.of())).isEqualTo(new ApprovalProperties(Duration.ofSeconds(5), 100));
  }

  @Test
  void everyKeyIsRead() {
    assertThat(
            bind(Map.of("heddle.thread.approval.every", "2s", "heddle.thread.approval.batch", "7")))
        .isEqualTo(new ApprovalProperties(Duration.ofSeconds(2), 7));
  }

  @Test
  void aSenselessValueIsRefusedByItsKey() {
    assertThatThrownBy(() -> bind(Map.of("heddle.thread.approval.every", "0s")))
        .hasRootCauseMessage("heddle.thread.approval.every must be longer than zero, but is PT0S");
    assertThatThrownBy(() -> bind(Map.of("heddle.thread.approval.batch", "0")))
        .hasRootCauseMessage("heddle.thread.approval.batch must be at least 1, but is 0");
  }
}
