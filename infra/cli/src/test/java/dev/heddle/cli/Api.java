package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The API of a system as a client sees it that wants to know every answer, refusals too. */
final class Api {

  /** What came back. */
  record Answer(int status, JsonNode body) {

    /** The body, where this is the status. */
    JsonNode expect(int wanted) {
      assertThat(status).as("%s", body).isEqualTo(wanted);
      return body;
    }

    /** That it was refused so. */
    void expectRefusal(int wanted, String code) {
      assertThat(expect(wanted).path("code").asString("")).as("%s", body).isEqualTo(code);
    }
  }

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final HeddleSystem system;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  Api(HeddleSystem system) {
    this.system = system;
  }

  HeddleSystem system() {
    return system;
  }

  JsonNode get(String path) {
    return call("GET", path, null).expect(200);
  }

  Answer post(String path, @Nullable Map<String, ?> body, String... headers) {
    return call("POST", path, body, headers);
  }

  /** Every item of a list. */
  List<JsonNode> list(String path) {
    List<JsonNode> items = new ArrayList<>();
    String cursor = "";
    do {
      String separator = path.contains("?") ? "&" : "?";
      JsonNode page =
          get(cursor.isEmpty() ? path : path + separator + "cursor=" + Gateway.encode(cursor));
      page.path("items").forEach(items::add);
      cursor = page.path("nextCursor").asString("");
    } while (!cursor.isEmpty());
    return items;
  }

  /**
   * Asks until somebody is there to answer. For what may be repeated: a reading, a decision, and
   * whatever carries an Idempotency-Key.
   */
  Answer patiently(String method, String path, @Nullable Map<String, ?> body, String... headers) {
    return await(method + " " + path)
        .atMost(Duration.ofMinutes(1))
        .pollDelay(Duration.ZERO)
        .ignoreExceptionsInstanceOf(UncheckedIOException.class)
        .until(
            () -> call(method, path, body, headers),
            answer ->
                answer.status() < 500
                    && !answer.body().path("code").asString("").equals("request_in_progress"));
  }

  Answer call(String method, String path, @Nullable Map<String, ?> body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + system.port() + "/" + path))
            .timeout(LIMIT)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(Gateway.JSON.writeValueAsBytes(body)));
    if (headers.length > 0) {
      request.headers(headers);
    }
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    try {
      request.header("Authorization", "Bearer " + Files.readString(system.home().token()).strip());
      HttpResponse<byte[]> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      return new Answer(
          response.statusCode(),
          response.body().length == 0
              ? Gateway.JSON.createObjectNode()
              : Gateway.JSON.readTree(response.body()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
