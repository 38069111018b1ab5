package dev.heddle.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.TraceId;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.MDC;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class RequestTraceFilterTest {

  private static final String ID = "0199a2c4-7e00-7abc-8def-0123456789ab";

  /** What a line would carry that is logged while the path is served. */
  private static Map<String, String> scopeOf(String path, TraceId trace) throws Exception {
    var request = new MockHttpServletRequest("GET", path);
    request.addHeader(TraceId.HEADER, trace.header());
    Map<String, String> seen = new HashMap<>();
    new RequestTraceFilter()
        .doFilter(
            request,
            new MockHttpServletResponse(),
            (_, _) -> seen.putAll(Objects.requireNonNull(MDC.getCopyOfContextMap())));
    assertThat(MDC.get("trace")).isNull();
    assertThat(MDC.get("thread")).isNull();
    assertThat(MDC.get("session")).isNull();
    return seen;
  }

  @ParameterizedTest
  @CsvSource({
    "/api/threads/ID, thread",
    "/api/threads/ID/stream, thread",
    "/api/sessions/ID/cancel, session"
  })
  void whatThePathNamesIsInTheScopeOfTheRequest(String path, String key) throws Exception {
    TraceId trace = TraceId.random();
    assertThat(scopeOf(path.replace("ID", ID), trace))
        .containsExactlyInAnyOrderEntriesOf(Map.of("trace", trace.value(), key, ID));
  }

  @Test
  void aPathThatNamesNeitherAddsNothing() throws Exception {
    TraceId trace = TraceId.random();
    for (String path :
        new String[] {"/api/dispatch", "/api/threads", "/api/threads/%0a1", "/api/parked/" + ID}) {
      assertThat(scopeOf(path, trace)).as(path).containsOnlyKeys("trace");
    }
  }
}
