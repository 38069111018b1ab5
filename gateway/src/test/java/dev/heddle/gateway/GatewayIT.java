package dev.heddle.gateway;

import static java.net.http.HttpRequest.BodyPublishers.noBody;
import static java.net.http.HttpRequest.BodyPublishers.ofInputStream;
import static java.net.http.HttpRequest.BodyPublishers.ofString;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jwt.SignedJWT;
import dev.heddle.contracts.TraceId;
import dev.heddle.security.PemKeys;
import dev.heddle.testkit.TestIdentity;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayIT extends GatewayTestBase {

  @ParameterizedTest
  @CsvSource({
    "/api/dispatch, threads",
    "/api/projects, threads",
    "/api/projects/p1, threads",
    "/api/threads, threads",
    "/api/threads?status=running&q=a%20b, threads",
    "/api/threads/t1, threads",
    "/api/approvals?state=pending, threads",
    "/api/approvals/a1/decision, threads",
    "/api/rules, threads",
    "/api/settings, threads",
    "/api/rules/r1, threads",
    "/api/threads/t1/messages, threads",
    "/api/threads/transcript, threads",
    "/api/threads/t1/transcript/more, threads",
    "/api/threads/t1/transcript, traces",
    "/api/threads/t1/transcript?cursor=x, traces",
    "/api/threads/t1/stream, traces",
    "/api/stream?project=p1, traces",
    "/api/search?q=basket, threads",
    "/api/audit?by=ada, threads",
    "/api/sessions, sessions",
    "/api/sessions/s1, sessions",
    "/api/sessions/s1/cancel, sessions",
    "/api/sessions/s1/events, traces",
    "/api/sessions/s1/stream, traces",
    "/api/sessions/s1/transcript, traces",
    "/api/sessions/s1/summary, traces",
    "/api/parked?state=parked, traces",
    "/api/parked/p1/replay, traces",
    "/api/machines, sessions",
    "/api/machines/m1/drain, sessions"
  })
  void pathGoesToTheServiceThatOwnsIt(String path, String service) throws Exception {
    var answer = send(request(path));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains(service);
    TestUpstream upstream =
        service.equals("threads") ? threads : service.equals("traces") ? traces : sessions;
    assertThat(upstream.asked.take().uri()).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api",
        "/api/",
        "/api/unknown",
        "/api/threadsx",
        "/actuator/env",
        "/actuator",
        "/error",
        "/api/dispatch/x"
      })
  void unknownPathIsNotFound(String path) throws Exception {
    assertProblem(send(request(path)), 404, "not_found");
    assertNobodyWasAsked();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/../actuator/env",
        "/api/threads/../../actuator/env",
        "/api/threads/%2e%2e/%2e%2e/actuator/env",
        "/api/threads/..%2f..%2factuator",
        "/api/threads%2ft1",
        "/api/threads/t1%2Fstream",
        "/api/threads/%252e%252e/actuator",
        "//api/threads",
        "/api//threads",
        "/api/threads//t1",
        "/api/./threads",
        "/api/threads;x=1/t1",
        "/api/threads/t1%00",
        "/api/threads/t1%0d%0aX:1",
        "/api\\threads",
        "/api/threads/{id}",
        "http://127.0.0.1/api//threads",
        "/api/threads?q=%zz"
      })
  void pathWithTwoMeaningsReachesNobody(String target) throws Exception {
    String answer =
        raw(
            "GET "
                + target
                + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                + token()
                + "\r\nConnection: close\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 400 ");
    assertThat(answer).contains("application/problem+json").contains("\"code\":\"");
    assertNobodyWasAsked();
  }

  @Test
  void requestThatIsNoHttpIsAProblemToo() throws Exception {
    String answer = raw("NONSENSE\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 400 ").doesNotContain("<html").doesNotContain("Tomcat");
  }

  @Test
  void serviceGetsTheSignedIdentityInsteadOfTheToken() throws Exception {
    send(request("/api/threads"));

    String authorization = threads.asked.take().header("Authorization");
    assertThat(authorization).startsWith("Bearer ").doesNotContain(token());
    SignedJWT identity = SignedJWT.parse(authorization.substring("Bearer ".length()));
    assertThat(
            identity.verify(
                new RSASSAVerifier(
                    PemKeys.publicKey("key", TestIdentity.gateway().publicKeyFile().toString()))))
        .isTrue();
    var claims = identity.getJWTClaimsSet();
    assertThat(claims.getIssuer()).isEqualTo("heddle-gateway");
    assertThat(claims.getAudience()).containsExactly("heddle");
    assertThat(claims.getSubject()).isEqualTo("local");
    assertThat(claims.getStringListClaim("roles")).containsExactly("admin");
    assertThat(claims.getExpirationTime().toInstant())
        .isAfter(Instant.now())
        .isBeforeOrEqualTo(claims.getIssueTime().toInstant().plusSeconds(300));
  }

  @Test
  void serviceSeesWhatTheClientMaySayAndNothingElse() throws Exception {
    String answer =
        raw(
            "POST /api/threads HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Bearer "
                + token()
                + "\r\nContent-Type: application/json\r\nIdempotency-Key: k1\r\nIf-Match: \"3\""
                + "\r\nIf-None-Match: \"2\"\r\nLast-Event-ID: 7:8"
                + "\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
                + "\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Host: evil\r\nForwarded: for=1.2.3.4"
                + "\r\nX-Real-IP: 1.2.3.4\r\nX-User: root\r\nX-Roles: admin\r\nCookie: a=b"
                + "\r\nProxy-Authorization: Basic eA==\r\nTE: trailers\r\nUpgrade: h2c"
                + "\r\nX-HTTP-Method-Override: DELETE"
                + "\r\nConnection: close, Idempotency-Key\r\nContent-Length: 2\r\n\r\n{}");

    assertThat(answer).startsWith("HTTP/1.1 200 ");
    var asked = threads.asked.take();
    assertThat(asked.body()).isEqualTo("{}");
    assertThat(asked.header("Content-type")).isEqualTo("application/json");
    assertThat(asked.header("Idempotency-key")).isEqualTo("k1");
    assertThat(asked.header("If-match")).isEqualTo("\"3\"");
    assertThat(asked.header("If-none-match")).isEqualTo("\"2\"");
    assertThat(asked.header("Last-event-id")).isEqualTo("7:8");
    assertThat(asked.header("Traceparent")).contains("0af7651916cd43dd8448eb211c80319c");
    assertThat(asked.header("Host")).isEqualTo(threads.url().substring("http://".length()));
    assertThat(asked.headers().keySet())
        .doesNotContain(
            "X-forwarded-for",
            "X-forwarded-host",
            "X-forwarded-proto",
            "Forwarded",
            "X-real-ip",
            "X-user",
            "X-roles",
            "Cookie",
            "Proxy-authorization",
            "Te",
            "X-http-method-override");
    assertThat(asked.headers().getOrDefault("Upgrade", List.of())).isEmpty();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "nonsense"
      })
  void aRequestGoesOnUnderItsTraceOrUnderANewOne(String sent) throws Exception {
    HttpRequest.Builder request = request("/api/threads");
    if (sent != null) {
      request.header("traceparent", sent);
    }

    HttpResponse<String> answer = send(request);

    assertThat(answer.statusCode()).isEqualTo(200);
    String forwarded = threads.asked.take().header("Traceparent");
    TraceId trace = TraceId.ofHeader(forwarded).orElseThrow();
    assertThat(TraceId.ofHeader(answer.headers().firstValue("traceresponse").orElseThrow()))
        .contains(trace);
    TraceId.ofHeader(sent).ifPresent(valid -> assertThat(trace).isEqualTo(valid));
    assertThat(forwarded).isNotEqualTo(sent);
  }

  @Test
  void clientSeesTheAnswerAndTheGatewaysOwnSafetyHeaders() throws Exception {
    threads.script(exchange -> {
      var headers = exchange.getResponseHeaders();
      headers.set("ETag", "\"4\"");
      headers.set("Location", "/api/threads/t9");
      headers.set("Server", "secret/1.0");
      headers.set("Set-Cookie", "a=b");
      headers.set("Access-Control-Allow-Origin", "*");
      headers.set("X-Frame-Options", "ALLOWALL");
      TestUpstream.answer(exchange, 201, "application/json", "{\"id\":\"t9\"}");
    });

    var answer = send(request("/api/threads").POST(ofString("{}")));

    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.body()).isEqualTo("{\"id\":\"t9\"}");
    var headers = answer.headers();
    assertThat(headers.firstValue("ETag")).hasValue("\"4\"");
    assertThat(headers.firstValue("Location")).hasValue("/api/threads/t9");
    assertThat(headers.allValues("X-Frame-Options")).containsExactly("DENY");
    assertThat(headers.allValues("X-Content-Type-Options")).containsExactly("nosniff");
    assertThat(headers.allValues("Referrer-Policy")).containsExactly("no-referrer");
    assertThat(headers.allValues("Content-Security-Policy")).hasSize(1);
    assertThat(headers.map().keySet())
        .doesNotContain("server", "set-cookie", "access-control-allow-origin");
  }

  @Test
  void problemOfAServicePassesUnchanged() throws Exception {
    String problem =
        "{\"type\":\"about:blank\",\"title\":\"No such thread\",\"status\":404,\"detail\":\"t1\",\"code\":\"thread_not_found\"}";
    threads.script(e -> TestUpstream.answer(e, 404, "application/problem+json", problem));

    var answer = send(request("/api/threads/t1"));

    assertProblem(answer, 404, "thread_not_found");
    assertThat(answer.body()).isEqualTo(problem);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Basic TOKEN",
        "TOKEN",
        "Bearer TOKENx",
        "Bearer TOKEN TOKEN"
      })
  void requestWithoutTheTokenIsRefused(String authorization) throws Exception {
    var request = anonymous("/api/threads?access_token=" + token());
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization.replace("TOKEN", token()));
    }

    var answer = send(request);

    assertProblem(answer, 401, "unauthenticated");
    assertThat(answer.headers().firstValue("WWW-Authenticate").orElseThrow()).startsWith("Bearer");
    assertThat(answer.body()).doesNotContain(token());
    assertNobodyWasAsked();
  }

  @Test
  void unknownPathTellsNothingToAStranger() throws Exception {
    assertProblem(send(anonymous("/api/unknown")), 401, "unauthenticated");
    assertProblem(send(anonymous("/actuator/env")), 401, "unauthenticated");
  }

  @Test
  void tokenFileWasMadeForItsOwnerOnly() throws Exception {
    assertThat(token()).hasSizeGreaterThanOrEqualTo(43);
    assertThat(Files.getPosixFilePermissions(tokenFile)).hasToString("[OWNER_READ, OWNER_WRITE]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/actuator/health",
        "/actuator/health/liveness",
        "/actuator/health/readiness",
        "/actuator/prometheus"
      })
  void healthAndMetricsNeedNoToken(String path) throws Exception {
    assertThat(send(anonymous(path)).statusCode()).isEqualTo(200);
  }

  @Test
  void metricsTellRoutesAndStatusWithoutIds() throws Exception {
    send(request("/api/threads/0190-secret-id"));

    String metrics = send(anonymous("/actuator/prometheus")).body();
    assertThat(metrics)
        .contains("heddle_gateway_answers_total{")
        .contains("service=\"thread-service\"")
        .contains("heddle_gateway_streams")
        .contains("uri=\"/api/threads/**\"")
        .doesNotContain("0190-secret-id");
  }

  @Test
  void headIsAnsweredWithoutBodyAndOptionsIsPassedOn() throws Exception {
    var head = send(request("/api/threads").method("HEAD", noBody()));
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("Content-Length")).hasValue("18");
    assertThat(threads.asked.take().method()).isEqualTo("HEAD");

    assertThat(send(request("/api/threads").method("OPTIONS", noBody())).statusCode())
        .isEqualTo(200);
    assertThat(threads.asked.take().method()).isEqualTo("OPTIONS");
  }

  @Test
  void streamIsReadWithGetOnly() throws Exception {
    var answer = send(request("/api/threads/t1/stream").method("HEAD", noBody()));
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).hasValue("GET");
    assertProblem(
        send(request("/api/sessions/s1/stream").POST(ofString("{}"))), 405, "method_not_allowed");
    assertNobodyWasAsked();
  }

  @Test
  void methodsThatTellTooMuchAreRefused() throws Exception {
    assertThat(
            raw(
                "TRACE /api/threads HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
                    + token()
                    + "\r\n\r\n"))
        .startsWith("HTTP/1.1 4")
        .contains("application/problem+json");
    assertNobodyWasAsked();
  }

  @Test
  void bodyOverTheLimitIsRefusedBeforeAnyServiceSeesIt() throws Exception {
    byte[] tooLarge = new byte[2 * 1024 * 1024 + 1];

    var declared =
        send(
            request("/api/threads")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofByteArray(tooLarge)));
    assertProblem(declared, 413, "payload_too_large");
    var chunked =
        send(request("/api/threads").POST(ofInputStream(() -> new ByteArrayInputStream(tooLarge))));
    assertProblem(chunked, 413, "payload_too_large");
    assertNobodyWasAsked();
  }

  @Test
  void theLargestPromptPassesAlsoWhereEachByteOfItIsEscaped() throws Exception {
    String prompt = "\\u0001".repeat(256 * 1024);
    byte[] body = "{\"prompt\":\"%s\"}".formatted(prompt).getBytes(UTF_8);
    var answer =
        send(
            request("/api/dispatch")
                .header("Content-Type", "application/json")
                .POST(ofInputStream(() -> new ByteArrayInputStream(body))));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(threads.asked.take().body()).hasSize(body.length);
  }

  @Test
  void formIsPassedOnAsItIsAndNeverReadHere() throws Exception {
    send(
        request("/api/threads?a=1")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(ofString("a=2&b=3")));

    var asked = threads.asked.take();
    assertThat(asked.uri()).isEqualTo("/api/threads?a=1");
    assertThat(asked.body()).isEqualTo("a=2&b=3");
  }

  @Test
  void serviceThatIsDownIsNamedAndItsReturnIsNoticed() throws Exception {
    assertThat(send(request("/api/sessions")).statusCode()).isEqualTo(200);
    sessions.stop();
    try {
      var answer = send(request("/api/sessions"));

      var problem = assertProblem(answer, 503, "upstream_unavailable");
      assertThat(problem.path("service").asString()).isEqualTo("session-service");
      assertThat(problem.path("detail").asString()).contains("heddle logs session-service");
      assertThat(answer.headers().firstValue("Retry-After")).hasValue("2");
    } finally {
      sessions.start();
    }
    assertThat(send(request("/api/sessions")).statusCode()).isEqualTo(200);
  }

  @Test
  void serviceThatDoesNotAnswerTimesOut() throws Exception {
    CountDownLatch answered = new CountDownLatch(1);
    threads.script(exchange -> answered.await());
    try {
      assertProblem(send(request("/api/threads")), 504, "upstream_timeout");
    } finally {
      answered.countDown();
    }
  }

  @Test
  void serviceThatStopsInTheMiddleOfItsAnswerTimesOut() throws Exception {
    CountDownLatch answered = new CountDownLatch(1);
    threads.script(exchange -> {
      exchange.sendResponseHeaders(200, 100);
      exchange.getResponseBody().write('{');
      exchange.getResponseBody().flush();
      answered.await();
    });
    try {
      assertProblem(send(request("/api/threads")), 504, "upstream_timeout");
    } finally {
      answered.countDown();
    }
  }

  @Test
  void serviceThatHangsUpInTheMiddleIsABadGateway() throws Exception {
    threads.script(exchange -> {
      exchange.sendResponseHeaders(200, 100);
      exchange.getResponseBody().write('{');
      exchange.getResponseBody().flush();
    });

    assertProblem(send(request("/api/threads")), 502, "upstream_failed");
  }

  @Test
  void answerOverTheLimitIsABadGateway() throws Exception {
    threads.script(e -> TestUpstream.answer(e, 200, "application/json", "x".repeat(300_000)));

    assertProblem(send(request("/api/threads")), 502, "upstream_failed");
  }

  @Test
  void exportMayBeLargerThanAnyOtherAnswer() throws Exception {
    threads.script(e -> {
      e.getResponseHeaders().set("Content-Disposition", "attachment; filename=\"t.json\"");
      TestUpstream.answer(e, 200, "application/json", "x".repeat(300_000));
    });

    var answer = send(request("/api/threads/t1/export?format=json"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).hasSize(300_000);
    assertThat(answer.headers().firstValue("Content-Disposition"))
        .hasValue("attachment; filename=\"t.json\"");
    assertThat(threads.asked.take().uri()).isEqualTo("/api/threads/t1/export?format=json");
  }

  @Test
  void exportThatBreaksOffBreaksOffForTheClientToo() {
    threads.script(exchange -> {
      exchange.sendResponseHeaders(200, 100);
      exchange.getResponseBody().write('{');
      exchange.getResponseBody().flush();
    });

    assertThatIOException().isThrownBy(() -> send(request("/api/threads/t1/export")));
  }

  @Test
  void refusedExportIsPassedOn() throws Exception {
    threads.script(e -> TestUpstream.answer(e, 401, "application/problem+json", "{}"));
    assertProblem(send(request("/api/threads/t1/export")), 502, "upstream_failed");
    threads.script(e -> TestUpstream.answer(e, 404, "application/problem+json", "{}"));
    assertThat(send(request("/api/threads/t1/export")).statusCode()).isEqualTo(404);
  }

  @Test
  void importMayBeLargerThanAnyOtherBody() throws Exception {
    String document = "x".repeat(3 * 1024 * 1024);
    var answer = send(request("/api/threads/import?project=p").POST(ofString(document)));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(threads.asked.take().body()).hasSize(document.length());
    byte[] tooLarge = new byte[32 * 1024 * 1024 + 1];
    assertProblem(
        send(
            request("/api/threads/import?project=p")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofByteArray(tooLarge))),
        413,
        "payload_too_large");
  }

  @Test
  void serviceThatRefusesTheGatewayDoesNotBlameTheClient() throws Exception {
    threads.script(e -> TestUpstream.answer(e, 401, "application/problem+json", "{}"));

    assertProblem(send(request("/api/threads")), 502, "upstream_failed");
  }

  @Test
  void pageOfAnotherOriginIsRefused() throws Exception {
    String answer =
        raw(
            "POST /api/dispatch HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://evil.example\r\n"
                + "Authorization: Bearer "
                + token()
                + "\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}");

    assertThat(answer).startsWith("HTTP/1.1 403 ").contains("\"code\":\"origin_refused\"");
    assertNobodyWasAsked();
  }

  @Test
  void allowedOriginMayAskAndCall() throws Exception {
    String preflight =
        raw(
            String.join(
                "\r\n",
                "OPTIONS /api/dispatch HTTP/1.1",
                "Host: 127.0.0.1",
                "Connection: close",
                "Origin: https://heddle.example.org",
                "Access-Control-Request-Method: POST",
                "Access-Control-Request-Headers: authorization, idempotency-key",
                "",
                ""));

    assertThat(preflight)
        .startsWith("HTTP/1.1 200 ")
        .contains("Access-Control-Allow-Origin: https://heddle.example.org")
        .doesNotContain("Access-Control-Allow-Credentials");
    assertNobodyWasAsked();
  }

  private String raw(String request) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void assertNobodyWasAsked() {
    assertThat(threads.asked).isEmpty();
    assertThat(sessions.asked).isEmpty();
    assertThat(traces.asked).isEmpty();
  }
}
