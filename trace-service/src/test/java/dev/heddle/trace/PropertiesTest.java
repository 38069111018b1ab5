package dev.heddle.trace;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.trace.event.RetentionProperties;
import dev.heddle.trace.ingest.IngestProperties;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PropertiesTest {

  @Test
  void aValueOutOfRangeIsRefusedByTheNameOfItsKey() {
    assertThatThrownBy(() -> new RetentionProperties(0))
        .hasMessageContaining("heddle.trace.retention.days");
    assertThatThrownBy(() -> new IngestProperties(2001, Duration.ofMillis(500)))
        .hasMessageContaining("heddle.trace.ingest.batch-size");
    assertThatThrownBy(() -> new IngestProperties(1, Duration.ZERO))
        .hasMessageContaining("heddle.trace.ingest.retry-delay");
  }
}
