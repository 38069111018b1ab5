package dev.heddle.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Heddle's API, as its only door offers it. */
final class Gateway {

  static final JsonMapper JSON = JsonMapper.builder().build();

  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);

  private final URI base;
  private final String token;
  private final Duration limit;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  Gateway(URI base, String token) {
    this(base, token, ANSWER_LIMIT);
  }

  /**
   * @param limit of an answer that is no stream, from the request to its last byte
   */
  Gateway(URI base, String token, Duration limit) {
    this.base = base;
    this.token = token;
    this.limit = limit;
  }

  URI base() {
    return base;
  }

  JsonNode get(String path) {
    return exchange(request(path).timeout(limit).build());
  }

  /** Posts a document; the idempotency key makes it safe to repeat after a lost answer. */
  JsonNode post(String path, @Nullable JsonNode body, @Nullable String idempotencyKey) {
    HttpRequest.Builder request =
        request(path)
            .timeout(limit)
            .POST(
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    if (idempotencyKey != null) {
      request.header("Idempotency-Key", idempotencyKey);
    }
    return exchange(request.build());
  }

  /** Posts a file of JSON as it is; the idempotency key as in {@link #post}. */
  JsonNode upload(String path, Path file, String idempotencyKey) {
    try {
      return exchange(
          request(path)
              .timeout(limit)
              .header("Content-Type", "application/json")
              .header("Idempotency-Key", idempotencyKey)
              .POST(HttpRequest.BodyPublishers.ofFile(file))
              .build());
    } catch (FileNotFoundException e) {
      throw new CommandFailure(ExitCode.ENVIRONMENT, "cannot read " + file);
    }
  }

  /** Copies an answer that may be large, as it comes. */
  void download(String path, OutputStream to) {
    try {
      HttpResponse<InputStream> response =
          http.send(
              request(path).timeout(limit).build(), HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        if (response.statusCode() >= 300) {
          throw problem(response.statusCode(), body.readNBytes(1 << 16));
        }
        copy(body, to);
      }
    } catch (HttpTimeoutException e) {
      throw new CommandFailure(
          ExitCode.UNREACHABLE,
          base + " did not answer within " + limit.toSeconds() + " s. See 'heddle status'.");
    } catch (IOException e) {
      throw unreachable();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(ExitCode.UNREACHABLE, "interrupted");
    }
  }

  private void copy(InputStream from, OutputStream to) throws IOException {
    byte[] buffer = new byte[1 << 16];
    while (true) {
      int read;
      try {
        read = from.read(buffer);
      } catch (IOException e) {
        throw new CommandFailure(
            ExitCode.UNREACHABLE, base + " broke off its answer; try it again.");
      }
      if (read < 0) {
        return;
      }
      try {
        to.write(buffer, 0, read);
      } catch (IOException e) {
        throw new CommandFailure(ExitCode.ENVIRONMENT, "cannot write what was exported");
      }
    }
  }

  /** Every item of a paged list, up to a limit. */
  List<JsonNode> list(String path, int limit) {
    List<JsonNode> items = new ArrayList<>();
    String cursor = "";
    do {
      String separator = path.contains("?") ? "&" : "?";
      JsonNode page = get(cursor.isEmpty() ? path : path + separator + "cursor=" + cursor);
      for (JsonNode item : page.path("items")) {
        if (items.size() < limit) {
          items.add(item);
        }
      }
      cursor = encode(page.path("nextCursor").asString(""));
    } while (!cursor.isEmpty() && items.size() < limit);
    return items;
  }

  /** Opens a stream of events that begins after the given one. */
  HttpResponse<InputStream> stream(String path, @Nullable String lastEventId)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = request(path).header("Accept", "text/event-stream");
    if (lastEventId != null) {
      request.header("Last-Event-ID", lastEventId);
    }
    HttpResponse<InputStream> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      try (InputStream body = response.body()) {
        throw problem(response.statusCode(), body.readNBytes(1 << 16));
      }
    }
    return response;
  }

  static String encode(String value) {
    return java.net.URLEncoder.encode(value, java.nio.charset.StandardCharsets.UTF_8);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve(path)).header("Authorization", "Bearer " + token);
  }

  private JsonNode exchange(HttpRequest request) {
    try {
      HttpResponse<byte[]> response = whole(request);
      if (response.statusCode() >= 300) {
        throw problem(response.statusCode(), response.body());
      }
      return response.body().length == 0 ? JSON.createObjectNode() : JSON.readTree(response.body());
    } catch (HttpTimeoutException e) {
      throw new CommandFailure(
          ExitCode.UNREACHABLE,
          base + " did not answer within " + limit.toSeconds() + " s. See 'heddle status'.");
    } catch (IOException e) {
      throw unreachable();
    } catch (JacksonException e) {
      throw new CommandFailure(
          ExitCode.UNREACHABLE, base + " answered something that is not JSON. Is it Heddle?");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(ExitCode.UNREACHABLE, "interrupted");
    }
  }

  /** The client's own time-out ends with the head of an answer; its body could hang for ever. */
  private HttpResponse<byte[]> whole(HttpRequest request) throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        http.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray());
    try {
      return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new HttpTimeoutException("no whole answer in time");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IOException(e.getCause());
    }
  }

  CommandFailure unreachable() {
    return new CommandFailure(
        ExitCode.UNREACHABLE,
        "cannot reach "
            + base
            + ". Start Heddle with 'heddle up', or name another address with --url or HEDDLE_URL.");
  }

  /** A problem document (RFC 9457) as a person reads it. */
  static CommandFailure problem(int status, byte[] body) {
    JsonNode document;
    try {
      document = JSON.readTree(body);
    } catch (JacksonException e) {
      document = JSON.createObjectNode();
    }
    StringBuilder text = new StringBuilder();
    String title = document.path("title").asString("");
    String detail = document.path("detail").asString("");
    String code = document.path("code").asString("");
    text.append(title.isEmpty() ? "the server answered " + status : title);
    if (!detail.isEmpty() && !detail.equals(title)) {
      text.append(": ").append(detail);
    }
    JsonNode fields = document.path("errors");
    for (JsonNode field : fields) {
      text.append("\n  ")
          .append(field.path("field").asString(field.path("pointer").asString("")))
          .append(": ")
          .append(field.path("message").asString(field.path("detail").asString("")));
    }
    text.append(" (").append(code.isEmpty() ? "HTTP " + status : code + ", HTTP " + status);
    text.append(")");
    if (status == 401) {
      text.append(
          "\nThe token comes from HEDDLE_TOKEN, --token-file, or the file 'token' in the home.");
    }
    boolean away = status == 502 || status == 503 || status == 504;
    if (code.equals("unknown_project")) {
      text.append(
          "\n'heddle projects' lists them, 'heddle projects create NAME' makes one, and so does"
              + " 'heddle dispatch --create-project'.");
    }
    return new CommandFailure(away ? ExitCode.UNREACHABLE : ExitCode.REFUSED, text.toString());
  }
}
