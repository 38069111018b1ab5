package dev.heddle.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A git repository over HTTP that leaves whoever asks first without an answer. */
final class SlowRepository implements AutoCloseable {

  private final Path bare;
  private final HttpServer server;
  private final AtomicBoolean first = new AtomicBoolean(true);
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * Makes a repository of one commit and serves it.
   *
   * @param folder an empty folder for it
   */
  SlowRepository(Path folder) throws IOException, InterruptedException {
    Path work = Files.createDirectories(folder.resolve("work"));
    bare = folder.resolve("slow.git");
    Files.writeString(work.resolve("README"), "slow\n");
    git(work, "init", "--quiet", "--initial-branch=main");
    git(work, "add", ".");
    git(
        work,
        "-c",
        "user.name=Test",
        "-c",
        "user.email=test@localhost",
        "commit",
        "--quiet",
        "--message=First");
    git(folder, "clone", "--quiet", "--bare", work.toString(), bare.toString());
    git(bare, "update-server-info");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(
        Executors.newThreadPerTaskExecutor(
            Thread.ofPlatform().daemon().name("slow-repository").factory()));
    server.createContext("/", this::serve);
    server.start();
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/slow.git";
  }

  /** Waits until someone is being kept waiting. */
  boolean awaitAsked() throws InterruptedException {
    return asked.await(1, TimeUnit.MINUTES);
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (first.getAndSet(false)) {
        asked.countDown();
        closed.await();
        return;
      }
      Path file =
          bare.resolve(exchange.getRequestURI().getPath().substring("/slow.git/".length()))
              .normalize();
      if (!file.startsWith(bare) || !Files.isRegularFile(file)) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      byte[] content = Files.readAllBytes(file);
      exchange.sendResponseHeaders(200, content.length == 0 ? -1 : content.length);
      exchange.getResponseBody().write(content);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void git(Path folder, String... arguments)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("git");
    builder.command().addAll(List.of(arguments));
    int exit = builder.directory(folder.toFile()).inheritIO().start().waitFor();
    if (exit != 0) {
      throw new IOException(builder.command() + " failed: " + exit);
    }
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
  }
}
