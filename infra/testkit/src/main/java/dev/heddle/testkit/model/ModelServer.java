package dev.heddle.testkit.model;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.heddle.testkit.model.ModelReply.Answers;
import dev.heddle.testkit.model.Wire.Purpose;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * The side of a model, on loopback, played from a script: each request of the work takes the next
 * reply. What engines ask beside that, such as a title, does not eat the script. Records what it
 * was asked, and what it served.
 */
public final class ModelServer implements AutoCloseable {

  /** No engine repeats a request that was answered so. */
  private static final int SCRIPT_IS_OVER = 400;

  /**
   * One request.
   *
   * @param body a missing node where there was none, or it was no JSON
   */
  public record Asked(Purpose purpose, String path, JsonNode body) {}

  private final Wire wire;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<ModelReply> script = new ArrayDeque<>();
  private final List<Asked> asked = new ArrayList<>();
  private final CountDownLatch letGo = new CountDownLatch(1);
  private Served served = Served.NOTHING;
  private int answers;
  private int surplus;

  private ModelServer(Wire wire, HttpServer server) {
    this.wire = wire;
    this.server = server;
  }

  /** Starts it on a free port of loopback. */
  public static ModelServer start(Wire wire) {
    try {
      HttpServer http =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      ModelServer server = new ModelServer(wire, http);
      http.createContext("/", server::handle);
      http.setExecutor(server.threads);
      http.start();
      return server;
    } catch (IOException e) {
      throw new IllegalStateException("a model server cannot be started", e);
    }
  }

  /** Without a path, such as {@code http://127.0.0.1:4711}. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Adds to the script. */
  public synchronized void reply(ModelReply... replies) {
    script.addAll(Arrays.asList(replies));
  }

  /** What it was asked so far, in order. */
  public synchronized List<Asked> asked() {
    return List.copyOf(asked);
  }

  /** The requests that took a reply of the script, or found it over. */
  public synchronized List<JsonNode> turns() {
    return asked.stream().filter(one -> one.purpose() == Purpose.TURN).map(Asked::body).toList();
  }

  /** Whether anything that it was asked as work has this property. */
  public boolean wasAsked(Predicate<JsonNode> property) {
    return turns().stream().anyMatch(property);
  }

  /** The sum of what its whole answers cost, those beside the work too. */
  public synchronized Served served() {
    return served;
  }

  /** How many replies of the script nobody has asked for. */
  public synchronized int left() {
    return script.size();
  }

  /** How many requests came after the end of the script. */
  public synchronized int surplus() {
    return surplus;
  }

  @Override
  public void close() {
    letGo.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try {
      String method = exchange.getRequestMethod();
      String path = exchange.getRequestURI().getPath();
      JsonNode body = read(exchange.getRequestBody().readAllBytes());
      Purpose purpose = wire.purposeOf(method, path, body);
      synchronized (this) {
        asked.add(new Asked(purpose, path, body));
      }
      switch (purpose) {
        case OTHER -> other(exchange, wire.other(method, path, body));
        case ASIDE -> answer(exchange, body, wire.aside(body));
        case TURN -> turn(exchange, body, next());
      }
      exchange.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static JsonNode read(byte[] body) {
    try {
      return JsonMapper.shared().readTree(body);
    } catch (JacksonException e) {
      return MissingNode.getInstance();
    }
  }

  private synchronized @Nullable ModelReply next() {
    ModelReply next = script.poll();
    surplus += next == null ? 1 : 0;
    return next;
  }

  private void turn(HttpExchange exchange, JsonNode body, @Nullable ModelReply reply)
      throws IOException, InterruptedException {
    switch (reply) {
      case null ->
          send(
              exchange,
              SCRIPT_IS_OVER,
              wire.error(SCRIPT_IS_OVER, "invalid_request_error", "the script is over"));
      case Answers answer -> answer(exchange, body, answer);
      case ModelReply.Fails(int status, String type, String message) ->
          send(exchange, status, wire.error(status, type, message));
      case ModelReply.RateLimited(int seconds) -> {
        exchange.getResponseHeaders().set("retry-after", Integer.toString(seconds));
        send(exchange, 429, wire.error(429, "rate_limit_error", "too many requests"));
      }
      case ModelReply.CutShort(Answers answer, int afterEvents) -> {
        if (wantsStream(body)) {
          stream(exchange, wire.events(body, answer, number()), afterEvents);
        }
        // An exchange that fails is not closed but dropped, without the end of its chunked body:
        // this
        // is what a broken connection looks like.
        throw new IOException("cut short, as the script says");
      }
      case ModelReply.Hangs(Answers answer, int afterEvents) -> {
        stream(exchange, wire.events(body, answer, number()), afterEvents);
        letGo.await();
        throw new IOException("let go");
      }
    }
  }

  private void answer(HttpExchange exchange, JsonNode body, Answers answer) throws IOException {
    int number = number();
    // Before the engine can be done with it, and a test looks.
    synchronized (this) {
      served = served.plus(answer.usage());
    }
    if (wantsStream(body)) {
      List<String> events = wire.events(body, answer, number);
      stream(exchange, events, events.size()).close();
    } else {
      send(exchange, 200, wire.whole(body, answer, number));
    }
  }

  private static boolean wantsStream(JsonNode body) {
    return body.path("stream").asBoolean(false);
  }

  private synchronized int number() {
    return ++answers;
  }

  private static OutputStream stream(HttpExchange exchange, List<String> events, int count)
      throws IOException {
    exchange.getResponseHeaders().set("content-type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    for (String event : events.subList(0, Math.min(count, events.size()))) {
      out.write(event.getBytes(StandardCharsets.UTF_8));
      out.flush();
    }
    return out;
  }

  private static void other(HttpExchange exchange, @Nullable String body) throws IOException {
    send(exchange, body == null ? 404 : 200, body == null ? "{}" : body);
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", "application/json");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
