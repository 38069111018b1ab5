package dev.heddle.thread;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Speaks to the service as the gateway does. */
public final class Http {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final JsonMapper JSON = JsonMapper.shared();

  private final int port;
  private final String authorization;

  /** What came back. */
  public record Answer(int status, JsonNode body, HttpResponse<String> response) {

    public String text(String field) {
      JsonNode node = body.at("/" + field.replace('.', '/'));
      return node.isMissingNode() || node.isNull() ? null : node.asString();
    }

    public String code() {
      return text("code");
    }

    public Optional<String> header(String name) {
      return response.headers().firstValue(name);
    }
  }

  Http(int port, String authorization) {
    this.port = port;
    this.authorization = authorization;
  }

  public Answer get(String path, String... headers) {
    return send("GET", path, null, headers);
  }

  public Answer delete(String path, String... headers) {
    return send("DELETE", path, null, headers);
  }

  public Answer post(String path, Object body, String... headers) {
    return send("POST", path, JSON.writeValueAsString(body), headers);
  }

  public Answer patch(String path, String body, String... headers) {
    return send("PATCH", path, body, headers);
  }

  public Answer put(String path, Object body, String... headers) {
    return send("PUT", path, JSON.writeValueAsString(body), headers);
  }

  public Answer postText(String path, String body, String... headers) {
    return send("POST", path, body, headers);
  }

  /** For what is not JSON. */
  public String getText(String path) {
    return exchange("GET", path, null).body();
  }

  private Answer send(String method, String path, String body, String... headers) {
    HttpResponse<String> response = exchange(method, path, body, headers);
    JsonNode json = response.body().isBlank() ? JSON.nullNode() : JSON.readTree(response.body());
    return new Answer(response.statusCode(), json, response);
  }

  private HttpResponse<String> exchange(
      String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return CLIENT.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
