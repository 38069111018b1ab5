package dev.heddle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.testkit.TestIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One gateway before three scripted services, for all tests of this JVM. */
@SpringBootTest(
    classes = GatewayApplication.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "heddle.gateway.upstream.connect-timeout=1s",
      "heddle.gateway.upstream.read-timeout=1s",
      "heddle.gateway.upstream.max-answer=256KB",
      "heddle.gateway.streams.keep-alive=200ms",
      "heddle.gateway.streams.max=220",
      "heddle.gateway.rate.per-second=100000",
      "heddle.gateway.rate.burst=100000",
      "heddle.gateway.cors.allowed-origins=https://heddle.example.org"
    })
abstract class GatewayTestBase {
  static final TestUpstream threads = new TestUpstream("threads");
  static final TestUpstream sessions = new TestUpstream("sessions");
  static final TestUpstream traces = new TestUpstream("traces");
  static final HttpClient http = HttpClient.newHttpClient();
  static final Path tokenFile = folder().resolve("token");

  @LocalServerPort int port;

  @DynamicPropertySource
  static void services(DynamicPropertyRegistry registry) {
    registry.add("heddle.gateway.threads-url", threads::url);
    registry.add("heddle.gateway.sessions-url", sessions::url);
    registry.add("heddle.gateway.traces-url", traces::url);
    registry.add("heddle.gateway.token-file", () -> tokenFile.toUri().toString());
    registry.add(
        "heddle.gateway.signing-key", () -> TestIdentity.gateway().privateKeyFile().toString());
  }

  private static Path folder() {
    try {
      Path folder = Files.createTempDirectory("gateway-test");
      folder.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeEach
  void forget() {
    threads.reset();
    sessions.reset();
    traces.reset();
  }

  String token() throws IOException {
    return Files.readString(tokenFile).strip();
  }

  HttpRequest.Builder request(String path) throws IOException {
    return anonymous(path).header("Authorization", "Bearer " + token());
  }

  HttpRequest.Builder anonymous(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  static JsonNode assertProblem(HttpResponse<String> answer, int status, String code) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    JsonNode problem = JsonMapper.shared().readTree(answer.body());
    assertThat(problem.path("code").asString()).isEqualTo(code);
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("type").asString()).isEqualTo("about:blank");
    assertThat(problem.path("title").asString()).isNotBlank();
    assertThat(problem.path("detail").asString()).isNotBlank();
    return problem;
  }
}
