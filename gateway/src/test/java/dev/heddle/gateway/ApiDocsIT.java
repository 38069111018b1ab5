package dev.heddle.gateway;

import static java.net.http.HttpRequest.BodyPublishers.noBody;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.apidocs.CommittedFile;
import dev.heddle.gateway.MergedDescription.Operation;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ApiDocsIT extends GatewayTestBase {

  private static final Map<String, TestUpstream> UPSTREAMS =
      Map.of("thread-service", threads, "session-service", sessions, "trace-service", traces);

  @Test
  void theCommittedDescriptionIsServedEvenWhenNoServiceRuns() throws Exception {
    UPSTREAMS.values().forEach(TestUpstream::stop);
    try {
      var answer = send(request("/api/docs"));

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
      assertThat(answer.body()).isEqualTo(CommittedFile.at("docs/api/openapi.json").text());
      String etag = answer.headers().firstValue("ETag").orElseThrow();
      assertThat(send(request("/api/docs").header("If-None-Match", etag)).statusCode())
          .isEqualTo(304);
    } finally {
      UPSTREAMS.values().forEach(TestUpstream::start);
    }
  }

  @Test
  void theDescriptionIsForThoseWhoHaveTheToken() throws Exception {
    assertProblem(send(anonymous("/api/docs")), 401, "unauthenticated");
    assertProblem(
        send(anonymous("/api/docs").header("Authorization", "Bearer wrong")),
        401,
        "unauthenticated");
  }

  @Test
  void theDescriptionIsReadOnly() throws Exception {
    assertThat(send(request("/api/docs").method("DELETE", noBody())).statusCode())
        .isBetween(404, 405);
  }

  static Stream<Operation> operations() {
    return new MergedDescription().operations().stream();
  }

  @ParameterizedTest
  @MethodSource("operations")
  void everyDescribedOperationReachesTheServiceThatDescribesIt(Operation operation)
      throws Exception {
    String path = operation.path().replaceAll("\\{[^}]*}", "0199a2c4-7d00-7abc-8def-0123456789ab");
    TestUpstream service = UPSTREAMS.get(operation.service());

    int status = send(request(path).method(operation.method(), noBody())).statusCode();

    assertThat(status).isEqualTo(200);
    assertThat(service.asked.take())
        .satisfies(asked -> {
          assertThat(asked.method()).isEqualTo(operation.method());
          assertThat(asked.uri()).isEqualTo(path);
        });
    assertThat(UPSTREAMS.values()).allMatch(upstream -> upstream.asked.isEmpty());
  }
}
