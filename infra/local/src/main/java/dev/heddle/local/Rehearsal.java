package dev.heddle.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The process that makes the start caches: a whole Heddle in a home of its own, whose JVMs record
 * what they load. It does what Heddle does, a run of a thread, so that the caches hold that too,
 * and ends.
 */
final class Rehearsal {

  /** For each start and each end: with the lowest priority on a busy machine both may take long. */
  static final Duration LIMIT = Duration.ofMinutes(15);

  private static final Duration RUN_LIMIT = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(500);

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final String url;
  private final String token;

  private Rehearsal(String url, String token) {
    this.url = url;
    this.token = token;
  }

  /** Starts everything, plays, stops everything. */
  public static void main(String[] arguments) throws InterruptedException {
    Launcher.run(LaunchOptions.parse(arguments), StartCaches.making());
  }

  /** Dispatches a thread and waits for its end; what does not work is no reason to fail. */
  static void play(LaunchOptions options) throws InterruptedException {
    try {
      new Rehearsal(
              "http://127.0.0.1:" + options.size().port(), new Secrets(options.home()).token())
          .play();
    } catch (IOException | JacksonException e) {
      System.out.println("the rehearsal has no run in it: " + e);
    }
  }

  private void play() throws IOException, InterruptedException {
    send("/api/projects", Map.of("name", "rehearsal"));
    JsonNode accepted =
        send(
            "/api/dispatch",
            Map.of("project", "rehearsal", "prompt", "echo hello", "engine", "command"));
    String session = accepted.path("sessionId").asString("");
    long deadline = System.nanoTime() + RUN_LIMIT.toNanos();
    while (!session.isEmpty() && System.nanoTime() < deadline) {
      String status = send("/api/sessions/" + session, null).path("status").asString("");
      if (status.isEmpty() || status.equals("completed") || status.equals("failed")) {
        break;
      }
      Thread.sleep(POLL);
    }
    send("/api/threads/" + accepted.path("threadId").asString("") + "/transcript", null);
  }

  private JsonNode send(String path, @org.jspecify.annotations.Nullable Map<String, String> body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(Duration.ofSeconds(30))
            .header("Authorization", "Bearer " + token);
    if (body != null) {
      request
          .header("Content-Type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofString(SystemState.JSON.writeValueAsString(body)));
    }
    String answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
    return SystemState.JSON.readTree(answer.isEmpty() ? "{}" : answer);
  }
}
