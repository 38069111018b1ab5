package dev.heddle.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/** A service that says what it was asked, and does what a test has scripted for a path. */
final class TestUpstream implements AutoCloseable {

  record Asked(String method, String uri, Map<String, List<String>> headers, String body) {
    String header(String name) {
      List<String> values = headers.get(name);
      return values == null ? null : String.join("|", values);
    }
  }

  interface Script {
    void run(HttpExchange exchange) throws Exception;
  }

  final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
  private final String name;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile HttpServer server;
  private volatile Script script;
  private volatile int readiness = 200;
  private int port;

  TestUpstream(String name) {
    this.name = name;
    start();
  }

  /** Listens, on the same port as before if it did before. */
  void start() {
    try {
      server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
      port = server.getAddress().getPort();
      server.setExecutor(threads);
      server.createContext("/", this::handle);
      server.createContext(
          "/actuator/health/readiness",
          exchange -> answer(exchange, readiness, "application/json", "{}"));
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void stop() {
    server.stop(0);
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  void script(Script next) {
    script = next;
  }

  /** The status of its answers to the question whether it is ready. */
  void readiness(int status) {
    readiness = status;
  }

  void reset() {
    script = null;
    readiness = 200;
    asked.clear();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    asked.add(
        new Asked(
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            Map.copyOf(exchange.getRequestHeaders()),
            body));
    Script scripted = script;
    if (scripted == null) {
      answer(exchange, 200, "application/json", "{\"from\":\"" + name + "\"}");
      return;
    }
    try {
      scripted.run(exchange);
    } catch (Exception e) {
      throw new IOException(e);
    } finally {
      exchange.close();
    }
  }

  static void answer(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    boolean head = exchange.getRequestMethod().equals("HEAD");
    if (head) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length));
    }
    exchange.sendResponseHeaders(status, head || bytes.length == 0 ? -1 : bytes.length);
    if (!head) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(bytes);
      }
    }
  }

  static OutputStream startStream(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    // This server keeps the head back until something is flushed.
    exchange.getResponseBody().flush();
    return exchange.getResponseBody();
  }

  static void event(OutputStream out, String id, String data) throws IOException {
    out.write(("id:" + id + "\ndata:" + data + "\n\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  @Override
  public void close() {
    stop();
    threads.close();
  }
}
