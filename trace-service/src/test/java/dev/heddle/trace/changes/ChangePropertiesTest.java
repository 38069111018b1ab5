package dev.heddle.trace.changes;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ChangePropertiesTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void aValueOutOfRangeIsRefusedByTheNameOfItsKey() {
    assertThatThrownBy(() -> new ChangeProperties(Duration.ZERO, 1, 1, 1, SECOND))
        .hasMessageContaining("heddle.trace.changes.heartbeat");
    assertThatThrownBy(() -> new ChangeProperties(SECOND, 0, 1, 1, SECOND))
        .hasMessageContaining("heddle.trace.changes.buffer-events");
    assertThatThrownBy(() -> new ChangeProperties(SECOND, 1, 0, 1, SECOND))
        .hasMessageContaining("heddle.trace.changes.buffer-chars");
    assertThatThrownBy(() -> new ChangeProperties(SECOND, 1, 1, 0, SECOND))
        .hasMessageContaining("heddle.trace.changes.most-behind");
    assertThatThrownBy(() -> new ChangeProperties(SECOND, 1, 1, 1, Duration.ZERO))
        .hasMessageContaining("heddle.trace.changes.idle");
  }
}
