package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Whatever comes in is refused clearly, or stored cleaned and marked; and the system goes on. */
class BadInputIT {

  private final HeddleSystem system = HeddleSystem.shared();
  private final String project = system.project();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @AfterEach
  void theSystemGoesOn() {
    HeddleSystem.Dispatched run = system.dispatch(project, "echo still here");
    system.awaitStatus(run.session(), "completed");
    assertThat(answer(run)).isEqualTo("still here");
  }

  @Test
  void malformedJson() throws Exception {
    refused(send("POST", "api/dispatch", "{\"project\": ", token()), 400, "malformed_json");
    refused(send("POST", "api/dispatch", "[1,2]", token()), 400, null);
    refused(send("POST", "api/dispatch", "", token()), 400, "malformed_json");
  }

  @Test
  void aProjectThatIsNotThere() throws Exception {
    refused(dispatch("no-such-project", "echo"), 404, "unknown_project");
  }

  @Test
  void aFieldThatIsNotThere() throws Exception {
    HttpResponse<String> response =
        send(
            "POST",
            "api/dispatch",
            "{\"project\":\"%s\",\"prompt\":\"echo\",\"promt\":\"typo\"}".formatted(project),
            token());
    refused(response, 400, null);
    assertThat(response.body()).contains("promt");
  }

  @Test
  void anEngineThatNoMachineHasWaitsAndSaysSo() {
    HeddleSystem.Dispatched run = system.dispatch(project, "echo", Map.of("engine", "loom"));

    JsonNode waiting = system.awaitStatus(run.session(), "queued");

    assertThat(waiting.path("reason").asString("")).contains("loom");
    system.command("cancel", run.session()).expectOk();
    system.awaitStatus(run.session(), "cancelled");
  }

  @Test
  void aPromptOverTheLimitIsRefusedAndOneAtTheLimitRuns() throws Exception {
    refused(dispatch(project, "#" + "x".repeat(256 * 1024)), 413, "prompt_too_large");
    refused(dispatch(project, "x".repeat(4 * 1024 * 1024)), 413, null);
    // Counted in bytes of UTF-8, not in characters.
    refused(dispatch(project, "#" + "ä".repeat(128 * 1024)), 413, "prompt_too_large");

    String head = "echo largest\n#";
    HeddleSystem.Dispatched run =
        system.dispatch(project, head + "x".repeat(256 * 1024 - head.length()));
    system.awaitStatus(run.session(), "completed");
    assertThat(answer(run)).isEqualTo("largest");
  }

  @Test
  void noTokenAndAWrongToken() throws Exception {
    refused(send("GET", "api/threads", null, null), 401, null);
    refused(send("GET", "api/threads", null, "wrong"), 401, null);
    refused(send("POST", "api/dispatch", "{}", token() + "x"), 401, null);
    refused(send("GET", "api/threads?access_token=" + token(), null, null), 401, null);
  }

  @Test
  void aServiceRefusesWhoeverIsNotTheGateway() throws Exception {
    for (String service : List.of("thread-service", "session-service", "trace-service")) {
      String url = "http://127.0.0.1:" + system.state().part(service).orElseThrow().port();
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url + "/api/sessions/" + java.util.UUID.randomUUID()))
              .header("Authorization", "Bearer " + token())
              .build();
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).as(service).isEqualTo(401);
      assertThat(response.headers().firstValue("Content-Type"))
          .contains("application/problem+json");
    }
  }

  @Test
  void pathsThatClimbReachNothing() throws Exception {
    for (String path :
        List.of("api/../actuator/env", "api/%2e%2e/actuator/env", "actuator/env", "api//threads")) {
      HttpResponse<String> response = send("GET", path, null, token());
      assertThat(response.statusCode()).as(path).isBetween(400, 404);
      assertThat(response.body()).as(path).doesNotContain("propertySources");
    }
  }

  @Test
  void nulInAPromptIsRefused() throws Exception {
    refused(dispatch(project, "echo \u0000"), 400, "invalid_text");
  }

  @Test
  void nulAndBytesThatAreNoTextAreStoredCleaned() {
    HeddleSystem.Dispatched run =
        system.dispatch(
            project,
            "printf 'a\\0b\\n'; printf '\\xff\\xfe\\n'; head -c 4096 /dev/urandom; echo; echo after");

    system.awaitStatus(run.session(), "completed");

    assertThat(answer(run)).startsWith("a\uFFFDb").endsWith("after").doesNotContain("\u0000");
    assertThat(events(run))
        .filteredOn(event -> event.path("body").path("kind").asString("").equals("engine.output"))
        .anySatisfy(event -> assertThat(event.path("body").path("cleaned").asBoolean()).isTrue());
  }

  @Test
  void aLineOfAMegabyteIsKeptInParts() {
    HeddleSystem.Dispatched run =
        system.dispatch(project, "head -c 1000000 /dev/zero | tr '\\0' x; echo; echo after");

    system.awaitStatus(run.session(), "completed");

    List<JsonNode> parts =
        events(run).stream()
            .map(event -> event.path("body"))
            .filter(body -> body.path("kind").asString("").equals("engine.output"))
            .filter(body -> body.path("text").asString("").startsWith("x"))
            .toList();
    assertThat(parts).hasSizeGreaterThan(1);
    assertThat(parts.stream().mapToLong(part -> part.path("text").asString().length()).sum())
        .isEqualTo(1_000_000);
    assertThat(parts).last().satisfies(part -> assertThat(part.path("more").asBoolean()).isFalse());
  }

  /** All events of a run that is over, once the timeline has taken in its end. */
  private List<JsonNode> events(HeddleSystem.Dispatched run) {
    String path = "api/sessions/" + run.session() + "/events?order=asc&limit=1000";
    AtomicReference<List<JsonNode>> read = new AtomicReference<>(List.of());
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> {
          read.set(system.gateway().get(path).path("items").valueStream().toList());
          assertThat(read.get())
              .extracting(event -> event.path("body").path("status").asString(""))
              .contains("completed");
        });
    return read.get();
  }

  private String answer(HeddleSystem.Dispatched run) {
    assertThat(events(run)).isNotEmpty();
    return system.transcript(run.thread()).stream()
        .filter(item -> item.path("role").asString("").equals("assistant"))
        .map(item -> item.path("text").asString("").strip())
        .findFirst()
        .orElse("");
  }

  private HttpResponse<String> dispatch(String project, String prompt) throws Exception {
    ObjectNode request = Gateway.JSON.createObjectNode();
    request.put("project", project);
    request.put("prompt", prompt);
    return send("POST", "api/dispatch", request.toString(), token());
  }

  private HttpResponse<String> send(String method, String path, String body, String token)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + system.port() + "/" + path))
            .timeout(Duration.ofSeconds(30))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private String token() throws IOException {
    return Files.readString(system.home().token()).strip();
  }

  private static void refused(HttpResponse<String> response, int status, String code) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
    JsonNode problem = Gateway.JSON.readTree(response.body());
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("title").asString("")).isNotBlank();
    assertThat(problem.path("detail").asString("")).isNotBlank();
    assertThat(problem.path("code").asString("")).matches("[a-z_]+");
    if (code != null) {
      assertThat(problem.path("code").asString("")).isEqualTo(code);
    }
  }
}
