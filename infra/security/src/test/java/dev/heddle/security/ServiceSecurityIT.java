package dev.heddle.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.testkit.TestIdentity;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Set;
import java.util.TreeSet;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

@SpringBootTest(
    classes = ServiceSecurityIT.Service.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class ServiceSecurityIT {
  private static final HttpClient http = HttpClient.newHttpClient();
  private static final TestIdentity gateway = TestIdentity.gateway();

  @LocalServerPort int port;

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import(Things.class)
  static class Service {}

  @RestController
  static class Things {
    @GetMapping("/api/things")
    String read(Caller caller) {
      return caller.name() + " " + new TreeSet<>(caller.roles());
    }

    @PostMapping("/api/things")
    String change(Caller caller) {
      return "changed by " + caller.name();
    }

    @DeleteMapping("/api/things")
    String remove() {
      return "removed";
    }

    @GetMapping("/api/things/stream")
    SseEmitter stream() throws Exception {
      SseEmitter stream = new SseEmitter();
      stream.send("one");
      stream.complete();
      return stream;
    }

    @GetMapping({"/actuator/health", "/actuator/health/readiness", "/actuator/prometheus"})
    String open() {
      return "open";
    }

    @GetMapping({"/actuator/env", "/internal"})
    String closed() {
      return "closed";
    }
  }

  @DynamicPropertySource
  static void trust(DynamicPropertyRegistry registry) {
    gateway.register(registry);
  }

  @AfterAll
  static void close() {
    http.close();
  }

  @Test
  void callerIsWhomTheGatewaySigned() throws Exception {
    assertThat(send("GET", "/api/things", gateway.bearer("ada", "admin", "viewer")).body())
        .isEqualTo("ada [admin, viewer]");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, viewer, 200",
    "HEAD, viewer, 200",
    "POST, viewer, 403",
    "DELETE, viewer, 403",
    "GET, operator, 200",
    "POST, operator, 200",
    "GET, admin, 200",
    "DELETE, admin, 200",
    "GET, janitor, 403",
    "POST, janitor, 403"
  })
  void readingNeedsViewerAndChangingNeedsOperator(String method, String role, int status)
      throws Exception {
    var answer = send(method, "/api/things", gateway.bearer("ada", role));

    assertThat(answer.statusCode()).isEqualTo(status);
    if (status == 403) {
      assertProblem(answer, "forbidden");
    }
  }

  @Test
  void streamIsAnsweredOnceItWasLetIn() throws Exception {
    var answer = send("GET", "/api/things/stream", gateway.bearer("ada", "viewer"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("data:one\n\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/actuator/health", "/actuator/health/readiness", "/actuator/prometheus"})
  void healthAndMetricsNeedNoToken(String path) throws Exception {
    assertThat(send("GET", path, null).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/actuator/env", "/internal"})
  void everythingElseIsClosedEvenToAnAdmin(String path) throws Exception {
    assertThat(send("GET", path, null).statusCode()).isEqualTo(401);
    assertProblem(send("GET", path, gateway.bearer("ada", "admin")), "forbidden");
  }

  @Test
  void requestWithoutTokenIsRefused() throws Exception {
    var answer = send("GET", "/api/things", null);

    assertRefused(answer);
    assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
  }

  @Test
  void tokenOfAStrangerIsRefused() throws Exception {
    assertRefused(send("GET", "/api/things", TestIdentity.stranger().bearer("ada", "admin")));
  }

  @Test
  void tokenWithChangedClaimsIsRefused() throws Exception {
    String[] parts = gateway.bearer("ada", "viewer").substring("Bearer ".length()).split("\\.", -1);
    String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
    String raised = base64(claims.replace("viewer", "admin"));

    assertRefused(send("GET", "/api/things", "Bearer " + parts[0] + "." + raised + "." + parts[2]));
  }

  @Test
  void tokenForAnotherAudienceIsRefused() throws Exception {
    assertRefused(send("GET", "/api/things", signed(claims().replace("\"heddle\"", "\"loom\""))));
  }

  @Test
  void tokenOfAnotherIssuerIsRefused() throws Exception {
    assertRefused(
        send("GET", "/api/things", signed(claims().replace("heddle-gateway", "heddle-thread"))));
  }

  @Test
  void expiredTokenIsRefused() throws Exception {
    Instant twoMinutesAgo = Instant.now().minus(Duration.ofMinutes(2));

    assertRefused(
        send(
            "GET",
            "/api/things",
            "Bearer "
                + gateway.token("ada", Set.of("admin"), twoMinutesAgo, Duration.ofMinutes(1))));
  }

  @Test
  void tokenWithoutExpiryIsRefused() throws Exception {
    assertRefused(send("GET", "/api/things", signed(claims().replaceAll(",\"exp\":\\d+", ""))));
  }

  @Test
  void tokenThatLivesForAnHourIsRefused() throws Exception {
    assertRefused(
        send(
            "GET",
            "/api/things",
            "Bearer " + gateway.token("ada", Set.of("admin"), Instant.now(), Duration.ofHours(1))));
  }

  @Test
  void tokenWithoutSubjectIsRefused() throws Exception {
    assertRefused(send("GET", "/api/things", signed(claims().replace("\"sub\":\"ada\",", ""))));
  }

  @Test
  void unsignedTokenIsRefused() throws Exception {
    assertRefused(
        send(
            "GET",
            "/api/things",
            "Bearer " + base64("{\"alg\":\"none\"}") + "." + base64(claims()) + "."));
  }

  @Test
  void publicKeyDoesNotServeAsAnHmacSecret() throws Exception {
    String content = base64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "." + base64(claims());
    Mac mac = Mac.getInstance("HmacSHA256");
    for (byte[] secret :
        new byte[][] {
          Files.readAllBytes(gateway.publicKeyFile()),
          PemKeys.publicKey("key", gateway.publicKeyFile().toString()).getEncoded()
        }) {
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      String signature =
          Base64.getUrlEncoder()
              .withoutPadding()
              .encodeToString(mac.doFinal(content.getBytes(StandardCharsets.US_ASCII)));
      assertRefused(send("GET", "/api/things", "Bearer " + content + "." + signature));
    }
  }

  @Test
  void tokenInTheQueryIsNotAccepted() throws Exception {
    String token = gateway.bearer("ada", "admin").substring("Bearer ".length());

    assertRefused(send("GET", "/api/things?access_token=" + token, null));
  }

  @Test
  void soundClaimsAreAcceptedSoThatTheRefusalsAboveMeanSomething() throws Exception {
    assertThat(send("GET", "/api/things", signed(claims())).statusCode()).isEqualTo(200);
  }

  @Test
  void serviceDoesNotStartWithoutTheKeyAndNamesTheSetting(@TempDir Path folder) throws Exception {
    Path empty = Files.writeString(folder.resolve("empty.pem"), "nothing");
    assertThatThrownBy(() -> start(""))
        .rootCause()
        .hasMessageContaining("heddle.security.gateway-public-key")
        .hasMessageContaining("is not set");
    assertThatThrownBy(() -> start("file:" + folder.resolve("absent.pem")))
        .rootCause()
        .hasMessageContaining("heddle.security.gateway-public-key")
        .hasMessageContaining("cannot be read");
    assertThatThrownBy(() -> start(empty.toString()))
        .rootCause()
        .hasMessageContaining("heddle.security.gateway-public-key")
        .hasMessageContaining("BEGIN PUBLIC KEY");
  }

  private static void start(String key) {
    new SpringApplication(Service.class)
        .run(
            "--server.port=0",
            "--spring.main.banner-mode=off",
            "--heddle.security.gateway-public-key=" + key)
        .close();
  }

  private static String claims() {
    long now = Instant.now().getEpochSecond();
    return "{\"iss\":\"heddle-gateway\",\"aud\":\"heddle\",\"sub\":\"ada\",\"roles\":[\"viewer\"],\"iat\":%d,\"exp\":%d}"
        .formatted(now, now + 60);
  }

  private static String signed(String claims) {
    return "Bearer " + gateway.sign(claims);
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertRefused(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).isEqualTo(401);
    assertProblem(answer, "unauthenticated");
    assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
    assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
  }

  private static void assertProblem(HttpResponse<String> answer, String code) {
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
  }

  private HttpResponse<String> send(String method, String path, String authorization)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
