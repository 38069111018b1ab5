package dev.heddle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.gateway.PrometheusText.Figure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class PrometheusTextTest {

  private static List<Figure> read(String text) {
    return PrometheusText.read(text, "heddle_");
  }

  @Test
  void figuresAreReadWithTheirLabels() {
    assertThat(
            read(
                """
                # HELP heddle_session_backlog Sessions that wait
                # TYPE heddle_session_backlog gauge
                heddle_session_backlog{pool="default",reason="slots_busy"} 3.0
                heddle_outbox_depth 12 1764400000000
                heddle_dispatch_duration_seconds_bucket{le="+Inf"} 1.5E3
                """))
        .containsExactly(
            new Figure(
                "heddle_session_backlog", Map.of("pool", "default", "reason", "slots_busy"), 3),
            new Figure("heddle_outbox_depth", Map.of(), 12),
            new Figure("heddle_dispatch_duration_seconds_bucket", Map.of("le", "+Inf"), 1500));
  }

  @Test
  void labelsMayHoldAnything() {
    assertThat(read("heddle_a{pool=\"a\\\"} \\\\ 1\\n{b}\",x=\"y,z\"} 2"))
        .containsExactly(new Figure("heddle_a", Map.of("pool", "a\"} \\ 1\n{b}", "x", "y,z"), 2));
  }

  @Test
  void whatIsNoNumberOrNoFigureIsLeftOut() {
    assertThat(
            read(
                """
                heddle_a NaN
                heddle_b +Inf
                heddle_c{pool="x 1
                heddle_d
                heddle_e one
                jvm_threads 4
                heddle_f 7
                """))
        .containsExactly(new Figure("heddle_f", Map.of(), 7));
  }

  @Test
  void hostileLineCostsNoMoreThanItsLength() {
    String line = "heddle_a{" + "b=\"\\\\".repeat(100_000);

    assertThat(Assertions.assertTimeoutPreemptively(Duration.ofSeconds(5), () -> read(line)))
        .isEmpty();
  }
}
