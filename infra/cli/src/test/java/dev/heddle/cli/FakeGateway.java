package dev.heddle.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** A real HTTP server that answers as the gateway does, and remembers what it was asked. */
final class FakeGateway implements AutoCloseable {

  /** What was asked. */
  record Asked(String method, String target, String body, Map<String, String> headers) {}

  /** Answers one request. */
  @FunctionalInterface
  interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  /** What a command left behind. */
  record Ran(int exit, String out, String err) {}

  final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final HttpServer server;
  private final Path home;

  FakeGateway(Path home) throws IOException {
    this.home = home;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  FakeGateway on(String target, Answer answer) {
    answers.put(target, answer);
    return this;
  }

  FakeGateway on(String target, int status, String body) {
    return on(target, exchange -> send(exchange, status, body));
  }

  static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  /** Sends events and then cuts the connection. */
  static void stream(HttpExchange exchange, String events) throws IOException {
    exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(events.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Runs a command line against this server. */
  Ran run(String... arguments) {
    return run(Map.of("HEDDLE_TOKEN", "t0ken", "HEDDLE_URL", url()), arguments);
  }

  /** The same before a person's eyes. */
  Ran runOnTerminal(String... arguments) {
    return run(true, Map.of("HEDDLE_TOKEN", "t0ken", "HEDDLE_URL", url()), arguments);
  }

  Ran run(Map<String, String> environment, String... arguments) {
    return run(false, environment, arguments);
  }

  private Ran run(boolean interactive, Map<String, String> environment, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Map<String, String> all = new HashMap<>(environment);
    all.putIfAbsent("HEDDLE_HOME", home.toString());
    Terminal terminal =
        new Terminal(
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            interactive,
            all);
    int exit = Heddle.execute(new Context(terminal, all, home), arguments);
    terminal.out().flush();
    return new Ran(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Map<String, String> headers = new HashMap<>();
    exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
    String target = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    asked.add(
        new Asked(exchange.getRequestMethod(), exchange.getRequestURI().toString(), body, headers));
    Answer answer = answers.get(target);
    if (answer == null) {
      send(
          exchange,
          404,
          "{\"title\":\"Not found\",\"detail\":\"nothing at "
              + target
              + "\",\"code\":\"not_found\"}");
    } else {
      answer.to(exchange);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
