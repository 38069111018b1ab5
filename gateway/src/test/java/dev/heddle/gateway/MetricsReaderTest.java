package dev.heddle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.gateway.MetricsReader.Reading;
import dev.heddle.gateway.MetricsReader.Sample;
import dev.heddle.gateway.MetricsReader.Silent;
import dev.heddle.testkit.SettableClock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsReaderTest {
  private final TestUpstream one = new TestUpstream("one");
  private final TestUpstream two = new TestUpstream("two");
  private final TestUpstream other = new TestUpstream("other");
  private final SettableClock clock = SettableClock.at("2026-11-21T09:00:00Z");
  private final MetricsReader reader =
      new MetricsReader(
          List.of(
              new Replicas("session-service", List.of(one.url(), two.url())),
              new Replicas("trace-service", List.of(other.url()))),
          clock);

  @AfterEach
  void close() {
    one.close();
    two.close();
    other.close();
  }

  private static TestUpstream.Script says(String text) {
    return exchange -> TestUpstream.answer(exchange, 200, "text/plain;version=0.0.4", text);
  }

  @Test
  void heddlesOwnFiguresOfEveryReplicaAreTold() throws Exception {
    one.script(says("heddle_outbox_depth 1.0\njvm_threads_live_threads 40.0\n"));
    two.script(says("heddle_session_slots{pool=\"default\"} 4.0\n"));
    other.script(says("heddle_outbox_depth 2.0\n"));

    Reading reading = reader.read();

    assertThat(reading.samples())
        .containsExactly(
            new Sample("session-service", 0, "heddle_outbox_depth", Map.of(), 1),
            new Sample("session-service", 1, "heddle_session_slots", Map.of("pool", "default"), 4),
            new Sample("trace-service", 0, "heddle_outbox_depth", Map.of(), 2));
    assertThat(reading.silent()).isEmpty();
    assertThat(reading.at()).isEqualTo(clock.instant());
    assertThat(one.asked.take())
        .satisfies(asked -> {
          assertThat(asked.uri()).isEqualTo("/actuator/prometheus");
          // Who looks at charts is nothing that a service needs to know.
          assertThat(asked.header("authorization")).isNull();
        });
  }

  @Test
  void replicaThatDoesNotAnswerIsNamedAndHidesNoOther() {
    one.script(says("heddle_outbox_depth 1.0\n"));
    two.script(exchange -> TestUpstream.answer(exchange, 500, "text/plain", "heddle_a 1\n"));
    other.stop();

    Reading reading = reader.read();

    assertThat(reading.samples()).extracting(Sample::service).containsExactly("session-service");
    assertThat(reading.silent())
        .containsExactly(new Silent("session-service", 1), new Silent("trace-service", 0));
  }

  @Test
  void aReadingIsSharedUntilItIsASecondOld() {
    Reading first = reader.read();
    clock.advance(MetricsReader.FRESH.minusMillis(1));

    assertThat(reader.read()).isSameAs(first);

    clock.advance(MetricsReader.FRESH);
    assertThat(reader.read()).isNotSameAs(first);
    assertThat(one.asked).hasSize(2);
  }
}
