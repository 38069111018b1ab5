package dev.heddle.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.TraceId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.MDC;

class RecordScopeTest {

  private static final String ONE = "0199a2c4-7e00-7abc-8def-000000000001";
  private static final String TWO = "0199a2c4-7e00-7abc-8def-000000000002";
  private static final TraceId TRACE = TraceId.random();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "null",
      value = {
        "trace.events | 1 | {'type':'of.tomorrow','sessionId':'1','threadId':'2','attempt':3} | 1 | 2 | 3",
        "trace.events | 1 | {'sessionId':'1','attempt':'many'} | 1 | null | null",
        "session.requested | 2 | {'threadId':'2'} | null | 2 | null",
        "session.requested | 2 | {{{ | null | null | null",
        "thread.changed | 2 | {{{ | null | 2 | null",
        "thread.changed | 2 | null | null | 2 | null",
        "session.events | 1 | {'sessionId':7} | 1 | null | null",
        "session.events | none | [] | null | null | null",
        "trace.events | 1 | no json | null | null | null",
        "worker.heartbeats | 1 | {} | null | null | null"
      })
  void aRecordIsLoggedUnderWhatItBelongsToAsFarAsThatCanBeTold(
      String topic, String key, String payload, String session, String thread, String attempt) {
    byte[] bytes = payload == null ? null : ids(payload.replace('\'', '"')).getBytes(UTF_8);
    try (var _ = RecordScope.of(TRACE, topic, ids(key), bytes)) {
      assertThat(MDC.get("trace")).isEqualTo(TRACE.value());
      assertThat(MDC.get("session")).isEqualTo(session == null ? null : ONE);
      assertThat(MDC.get("thread")).isEqualTo(thread == null ? null : TWO);
      assertThat(MDC.get("attempt")).isEqualTo(attempt);
    }
    assertThat(List.of("trace", "session", "thread", "attempt"))
        .allSatisfy(name -> assertThat(MDC.get(name)).isNull());
  }

  @Test
  void aRecordWithoutAKeyBelongsToNothing() {
    try (var _ = RecordScope.of(TRACE, "session.events", null, null)) {
      assertThat(MDC.get("session")).isNull();
    }
  }

  private static String ids(String text) {
    return text.replace("\"1\"", "\"" + ONE + "\"")
        .replace("\"2\"", "\"" + TWO + "\"")
        .replaceAll("^1$", ONE)
        .replaceAll("^2$", TWO);
  }
}
