package dev.heddle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MetricsIT extends GatewayTestBase {

  @Test
  void figuresAreToldToWhoHasTheToken() throws Exception {
    sessions.script(exchange ->
        TestUpstream.answer(
            exchange, 200, "text/plain", "heddle_session_slots{pool=\"default\"} 4.0\n"));

    HttpResponse<String> answer = send(request("/api/metrics"));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
    JsonNode reading = JsonMapper.shared().readTree(answer.body());
    assertThat(reading.path("at").isString()).isTrue();
    assertThat(reading.path("silent").isArray()).isTrue();
    JsonNode sample = reading.path("samples").path(0);
    assertThat(sample.path("service").asString()).isEqualTo("session-service");
    assertThat(sample.path("replica").asInt(-1)).isZero();
    assertThat(sample.path("name").asString()).isEqualTo("heddle_session_slots");
    assertThat(sample.path("labels").path("pool").asString()).isEqualTo("default");
    assertThat(sample.path("value").asDouble()).isEqualTo(4.0);
  }

  @Test
  void figuresAreForThoseWhoHaveTheToken() throws Exception {
    assertProblem(send(anonymous("/api/metrics")), 401, "unauthenticated");
    assertThat(threads.asked).isEmpty();
  }
}
