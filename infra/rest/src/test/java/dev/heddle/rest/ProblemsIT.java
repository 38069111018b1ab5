package dev.heddle.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@RestTest
@ExtendWith(OutputCaptureExtension.class)
class ProblemsIT {
  private static final HttpClient http = HttpClient.newHttpClient();

  @LocalServerPort int port;

  @Test
  void problemOfAServiceHasAllItsMembers() throws Exception {
    var answer = get("/fails/problem");

    JsonNode problem = assertProblem(answer, 409, "thing_archived");
    assertThat(problem.path("title").asString()).isEqualTo("The thing is archived");
    assertThat(problem.path("detail").asString()).isEqualTo("Unarchive t1 first.");
    assertThat(problem.path("instance").asString()).isEqualTo("/fails/problem");
    assertThat(problem.path("thing").asString()).isEqualTo("t1");
    assertThat(answer.headers().firstValue("Retry-After")).hasValue("2");
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
  }

  @Test
  void problemInsideAnotherExceptionIsStillTold() throws Exception {
    assertProblem(get("/fails/wrapped"), 409, "thing_archived");
  }

  @Test
  void everyFieldThatBreaksARuleIsListed() throws Exception {
    JsonNode problem =
        assertProblem(
            post(
                "{\"name\":\"too long\",\"count\":10,\"parts\":[{\"name\":\"a\"},{\"name\":\" \"}]}"),
            400,
            "validation_failed");

    assertThat(fields(problem)).containsExactly("count", "name", "parts[1].name");
    assertThat(problem.path("detail").asString()).contains("count must be less than or equal to 9");
  }

  @Test
  void malformedJsonSaysWhere() throws Exception {
    JsonNode problem = assertProblem(post("{\"name\": \"a\",\n  nope}"), 400, "malformed_json");

    assertThat(problem.path("line").asInt()).isEqualTo(2);
    assertThat(problem.path("column").asInt()).isGreaterThan(1);
    assertThat(problem.path("detail").asString())
        .contains("line 2")
        .contains("Unexpected character ('n'")
        .doesNotContain("jackson")
        .doesNotContain("Source");
  }

  @Test
  void jsonThatEndsTooEarlySaysSo() throws Exception {
    assertThat(
            assertProblem(post("{\"name\": \"a\""), 400, "malformed_json")
                .path("detail")
                .asString())
        .contains("ends too early");
  }

  @Test
  void missingBodyIsTold() throws Exception {
    assertThat(assertProblem(post(""), 400, "malformed_json").path("detail").asString())
        .isEqualTo("A JSON body is required.");
  }

  @Test
  void unknownEnumValueListsTheAllowedOnes() throws Exception {
    JsonNode problem =
        assertProblem(post("{\"name\":\"a\",\"color\":\"pink\"}"), 400, "validation_failed");

    JsonNode error = problem.path("errors").path(0);
    assertThat(error.path("field").asString()).isEqualTo("color");
    assertThat(error.path("allowed").valueStream().map(JsonNode::asString))
        .containsExactly("RED", "dark-blue");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'name':'a','count':'x'}        | count         | number",
        "{'name':'a','count':{}}         | count         | number",
        "{'name':'a','at':'yesterday'}   | at            | ISO-8601 instant",
        "{'name':'a','ref':'nope'}       | ref           | UUID",
        "{'name':'a','open':'perhaps'}   | open          | true or false",
        "{'name':'a','parts':{}}         | parts         | list",
        "{'name':'a','parts':[7]}        | parts[0]      | object",
        "{'name':{}}                     | name          | text",
        "{'name':'a','even':{'value':3}} | even          | must be even, is 3",
        "{'name':'a','nmae':'b'}         | nmae          | is not known here",
        "[]                              | ''            | object",
        "7                               | ''            | object"
      })
  void wrongTypeNamesTheFieldAndWhatItShouldBe(String body, String field, String message)
      throws Exception {
    JsonNode problem = assertProblem(post(body.replace('\'', '"')), 400, "validation_failed");

    JsonNode error = problem.path("errors").path(0);
    assertThat(error.path("field").asString()).isEqualTo(field);
    assertThat(error.path("message").asString()).contains(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/things                  | missing_parameter | page",
        "/things?page=            | invalid_parameter | page is not a valid number",
        "/things?page=x           | invalid_parameter | page is not a valid number",
        "/things?page=1&ref=x     | invalid_parameter | ref is not a valid UUID",
        "/things?page=1&color=x   | invalid_parameter | color must be one of",
        "/things?page=1&limit=51  | validation_failed | limit must be less than or equal to 50",
        "/things?page=1&q=%zz     | invalid_parameter | not properly encoded",
        "/header                  | missing_parameter | If-Match"
      })
  void badParameterIsNamed(String path, String code, String detail) throws Exception {
    String answer = raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

    assertThat(answer)
        .startsWith("HTTP/1.1 400 ")
        .contains("application/problem+json")
        .contains("\"code\":\"" + code + "\"")
        .contains(detail);
  }

  @Test
  void unknownPathIsNotFound() throws Exception {
    assertProblem(get("/nothing/here"), 404, "not_found");
    assertProblem(get("/error"), 404, "not_found");
  }

  @Test
  void wrongMethodListsTheRightOnes() throws Exception {
    var answer = send(request("/things").DELETE());

    assertProblem(answer, 405, "method_not_allowed");
    assertThat(answer.headers().firstValue("Allow").orElseThrow()).contains("GET").contains("POST");
  }

  @Test
  void wrongMediaTypesAreTold() throws Exception {
    var unread =
        send(
            request("/things")
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("hello")));
    assertProblem(unread, 415, "unsupported_media_type");
    assertThat(unread.headers().firstValue("Accept")).hasValue("application/json");
    assertProblem(
        send(request("/things?page=1").header("Accept", "image/png").GET()), 406, "not_acceptable");
  }

  @Test
  void anOperationMayTakeLargerBodiesThanTheOthers() throws Exception {
    String body = "{\"name\":\"" + "x".repeat(10_240) + "\"}";
    assertProblem(
        send(json("/other").POST(BodyPublishers.ofString(body))), 413, "payload_too_large");
    assertProblem(send(json("/large").POST(BodyPublishers.ofString(body))), 404, "not_found");
    JsonNode problem =
        assertProblem(
            send(json("/large").POST(BodyPublishers.ofString(body.repeat(2)))),
            413,
            "payload_too_large");
    assertThat(problem.path("limitBytes").asInt()).isEqualTo(20_480);
  }

  @Test
  void bodyOverTheLimitIsRefusedDeclaredOrNot() throws Exception {
    byte[] large = ("{\"name\":\"" + "x".repeat(10_240) + "\"}").getBytes(StandardCharsets.UTF_8);

    JsonNode problem =
        assertProblem(
            send(json("/things").POST(BodyPublishers.ofByteArray(large))),
            413,
            "payload_too_large");
    assertThat(problem.path("limitBytes").asInt()).isEqualTo(10_240);
    assertProblem(
        send(
            json("/things")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))),
        413,
        "payload_too_large");
  }

  @ParameterizedTest
  @CsvSource({
    "/fails/version, 409, version_conflict",
    "/fails/jpa-version, 409, version_conflict",
    "/stale, 409, version_conflict",
    "/duplicate, 409, already_exists",
    "/fails/database, 503, database_unavailable",
    "/killed, 503, database_unavailable"
  })
  void databaseFailureSaysWhatToDo(String path, int status, String code) throws Exception {
    var answer = get(path);

    assertProblem(answer, status, code);
    assertThat(answer.body()).doesNotContain("secret").doesNotContain("work").doesNotContain("SQL");
    assertThat(answer.headers().firstValue("Retry-After").isPresent()).isEqualTo(status == 503);
  }

  @ParameterizedTest
  @CsvSource({"unexpected", "error", "nested-framework"})
  void unexpectedFailureShowsOnlyAnErrorIdThatTheLogExplains(String how, CapturedOutput log)
      throws Exception {
    var answer = get("/fails/" + how);

    JsonNode problem = assertProblem(answer, 500, "internal");
    String errorId = problem.path("errorId").asString();
    assertThat(errorId).matches("[0-9a-f]{16}");
    assertThat(answer.body())
        .doesNotContain("secret")
        .doesNotContain("Exception")
        .doesNotContain("dev.heddle");
    assertThat(log.getAll()).contains(errorId).contains("secret");
  }

  @Test
  void refusalOfTheContainerIsAProblemToo() throws Exception {
    assertThat(raw("GET /things%2f HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ")
        .contains("application/problem+json")
        .contains("\"code\":\"bad_request\"")
        .doesNotContain("<html");
  }

  @Test
  void idempotencyKeyIsBoundToThePath() throws Exception {
    String first = made("/things", "key-1", "a");

    assertThat(made("/things", "key-1", "a")).isEqualTo(first);
    assertThat(made("/things/1/again", "key-1", "a")).isNotEqualTo(first);
    assertThat(made("/things/2/again", "key-1", "a"))
        .isNotEqualTo(made("/things/1/again", "key-1", "a"));
    assertProblem(
        send(
            json("/things")
                .header("Idempotency-Key", "key-1")
                .POST(BodyPublishers.ofString("{\"name\":\"b\"}"))),
        422,
        "idempotency_key_reused");
  }

  private String made(String path, String key, String name) throws Exception {
    var answer =
        send(
            json(path)
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.ofString("{\"name\":\"" + name + "\"}")));
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  private static List<String> fields(JsonNode problem) {
    return problem
        .path("errors")
        .valueStream()
        .map(error -> error.path("field").asString())
        .toList();
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(request(path).GET());
  }

  private HttpResponse<String> post(String body) throws Exception {
    return send(json("/things").POST(BodyPublishers.ofString(body)));
  }

  private HttpRequest.Builder json(String path) {
    return request(path).header("Content-Type", "application/json");
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private String raw(String request) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static JsonNode assertProblem(HttpResponse<String> answer, int status, String code) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    JsonNode problem = JsonMapper.shared().readTree(answer.body());
    assertThat(problem.path("code").asString()).as(answer.body()).isEqualTo(code);
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("type").asString()).isEqualTo("about:blank");
    assertThat(problem.path("title").asString()).isNotBlank();
    return problem;
  }
}
