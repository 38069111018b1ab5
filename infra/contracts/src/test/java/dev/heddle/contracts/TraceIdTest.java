package dev.heddle.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceIdTest {

  private static final String ID = "4bf92f3577b34da6a3ce929d0e0e4736";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00-" + ID + "-00f067aa0ba902b7-01",
        "00-" + ID + "-00f067aa0ba902b7-00",
        "cc-" + ID + "-00f067aa0ba902b7-01-what-the-future-brings"
      })
  void readsTheTraceOfAHeader(String header) {
    assertThat(TraceId.ofHeader(header)).contains(new TraceId(ID));
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "nonsense",
        ID,
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-" + ID + "-0000000000000000-01",
        "ff-" + ID + "-00f067aa0ba902b7-01",
        "00-" + ID + "-00f067aa0ba902b7-01-more",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-" + ID + "-00f067aa0ba902b7",
        "00-" + ID + "-00f067aa0ba902b7-01\nsession=forged"
      })
  void aHeaderThatBreaksTheRulesNamesNone(String header) {
    assertThat(TraceId.ofHeader(header)).isEmpty();
  }

  @Test
  void eachHopNamesTheSameTraceAndAParentOfItsOwn() {
    TraceId trace = TraceId.random();

    assertThat(TraceId.ofHeader(trace.header())).contains(trace);
    assertThat(trace.header()).isNotEqualTo(trace.header());
    assertThat(TraceId.random()).isNotEqualTo(trace);
  }

  @Test
  void takesNothingElseForAnId() {
    assertThatThrownBy(() -> new TraceId("00000000000000000000000000000000"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TraceId("x")).isInstanceOf(IllegalArgumentException.class);
  }
}
