package dev.heddle.gateway;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;

@Timeout(60)
class LiveStreamsIT extends GatewayTestBase {
  @Autowired MeterRegistry metrics;

  @Test
  void eventArrivesBeforeTheNextIsSent() throws Exception {
    Semaphore seen = new Semaphore(0);
    traces.script(exchange -> {
      OutputStream out = TestUpstream.startStream(exchange);
      for (int n = 1; n <= 3; n++) {
        TestUpstream.event(out, "0:" + n, "event " + n);
        seen.acquire();
      }
    });

    try (var stream = open("/api/threads/t1/stream", null)) {
      assertThat(stream.response.headers().firstValue("Content-Type"))
          .hasValue("text/event-stream");
      for (int n = 1; n <= 3; n++) {
        assertThat(stream.next()).isEqualTo("event " + n);
        seen.release();
      }
      assertThat(stream.next()).isNull();
    }
  }

  @Test
  void headArrivesBeforeTheFirstEvent() throws Exception {
    CountDownLatch opened = new CountDownLatch(1);
    traces.script(exchange -> {
      OutputStream out = TestUpstream.startStream(exchange);
      opened.await();
      TestUpstream.event(out, "0:1", "late");
    });

    try (var stream = open("/api/sessions/s1/stream", null)) {
      opened.countDown();
      assertThat(stream.next()).isEqualTo("late");
    }
  }

  @Test
  void cursorOfTheClientReachesTheService() throws Exception {
    try (var stream = open("/api/sessions/s1/stream?tail=5", "3:77")) {
      assertThat(stream.response.statusCode()).isEqualTo(200);
    }
    var asked = traces.asked.take();
    assertThat(asked.header("Last-event-id")).isEqualTo("3:77");
    assertThat(asked.uri()).isEqualTo("/api/sessions/s1/stream?tail=5");
  }

  @Test
  void streamOutlivesTheReadTimeOutOfOrdinaryRequests() throws Exception {
    CountDownLatch later = new CountDownLatch(1);
    traces.script(exchange -> {
      OutputStream out = TestUpstream.startStream(exchange);
      later.await();
      TestUpstream.event(out, "0:1", "after a long silence");
    });

    long start = System.nanoTime();
    try (var stream = open("/api/threads/t1/stream", null)) {
      // The gateway's comments are the clock: ten of them take twice the read time-out.
      for (int comments = 0; comments < 10; comments++) {
        assertThat(stream.line()).isEqualTo(":");
      }
      assertThat(System.nanoTime() - start).isGreaterThan(SECONDS.toNanos(1));
      later.countDown();
      assertThat(stream.next()).isEqualTo("after a long silence");
    }
  }

  @Test
  void commentNeverSplitsAnEvent() throws Exception {
    CountDownLatch rest = new CountDownLatch(1);
    Semaphore idle = new Semaphore(0);
    traces.script(exchange -> {
      OutputStream out = TestUpstream.startStream(exchange);
      out.write("data:half".getBytes(StandardCharsets.UTF_8));
      out.flush();
      idle.release();
      // Silence for several keep-alive periods in the middle of a line.
      rest.await(1, SECONDS);
      out.write(" and half\n\n".getBytes(StandardCharsets.UTF_8));
      out.flush();
    });

    try (var stream = open("/api/threads/t1/stream", null)) {
      idle.acquire();
      assertThat(stream.next()).isEqualTo("half and half");
    }
  }

  @Test
  void clientThatLeavesEndsTheServicesStreamThoughItKeepsSending() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    traces.script(exchange -> sendUntilNobodyListens(exchange, ended));

    var stream = open("/api/threads/t1/stream", null);
    assertThat(stream.next()).isNotNull();
    stream.close();

    assertThat(ended.await(20, SECONDS)).isTrue();
    awaitNoStreams();
  }

  @Test
  void clientThatLeavesASilentStreamIsNoticedToo() throws Exception {
    CountDownLatch opened = new CountDownLatch(1);
    CountDownLatch test = new CountDownLatch(1);
    traces.script(exchange -> {
      TestUpstream.startStream(exchange);
      opened.countDown();
      test.await();
    });
    try {
      var stream = open("/api/threads/t1/stream", null);
      opened.await();
      assertThat(streams()).isEqualTo(1);
      stream.close();

      awaitNoStreams();
    } finally {
      test.countDown();
    }
  }

  @Test
  void streamEndsWhenItsServiceDiesAndTheClientMayResume() throws Exception {
    Semaphore sent = new Semaphore(0);
    CountDownLatch never = new CountDownLatch(1);
    traces.script(exchange -> {
      OutputStream out = TestUpstream.startStream(exchange);
      TestUpstream.event(out, "0:1", "one");
      sent.release();
      never.await();
    });
    try (var stream = open("/api/threads/t1/stream", null)) {
      sent.acquire();
      assertThat(stream.next()).isEqualTo("one");
      traces.stop();
      assertThat(stream.next()).isNull();
      assertProblem(send(request("/api/threads/t1/stream")), 503, "upstream_unavailable");
    } finally {
      never.countDown();
      traces.start();
    }
    traces.reset();
    assertThat(send(request("/api/threads/t1/stream")).statusCode()).isEqualTo(200);
    awaitNoStreams();
  }

  @Test
  void streamThatTheServiceRefusesIsAnOrdinaryAnswer() throws Exception {
    traces.script(e ->
        TestUpstream.answer(
            e,
            404,
            "application/problem+json",
            "{\"type\":\"about:blank\",\"title\":\"No\",\"status\":404,\"detail\":\"t1\",\"code\":\"thread_not_found\"}"));

    assertProblem(send(request("/api/threads/t1/stream")), 404, "thread_not_found");
    awaitNoStreams();
  }

  @Test
  void serviceThatDoesNotOpenTheStreamTimesOut() throws Exception {
    CountDownLatch test = new CountDownLatch(1);
    traces.script(exchange -> test.await());
    try {
      assertProblem(send(request("/api/threads/t1/stream")), 504, "upstream_timeout");
    } finally {
      test.countDown();
    }
    awaitNoStreams();
  }

  @Test
  void slowClientSlowsItsServiceInsteadOfFillingTheMemory() throws Exception {
    AtomicInteger sent = new AtomicInteger();
    CountDownLatch ended = new CountDownLatch(1);
    byte[] line = ("data:" + "x".repeat(64 * 1024) + "\n\n").getBytes(StandardCharsets.UTF_8);
    traces.script(exchange -> {
      OutputStream out = TestUpstream.startStream(exchange);
      try {
        while (true) {
          out.write(line);
          out.flush();
          sent.incrementAndGet();
        }
      } catch (IOException e) {
        ended.countDown();
      }
    });

    try (var stream = open("/api/threads/t1/stream", null)) {
      // Socket buffers fill up, then nothing moves any more.
      AtomicInteger last = new AtomicInteger(-1);
      await()
          .pollInterval(Duration.ofMillis(500))
          .atMost(20, SECONDS)
          .until(() -> last.getAndSet(sent.get()) == sent.get() && sent.get() > 0);
      assertThat(sent.get()).isLessThan(1_000);
      assertThat(stream.response.statusCode()).isEqualTo(200);
    }
    assertThat(ended.await(20, SECONDS)).isTrue();
  }

  @Test
  void twoHundredStreamsRunAtOnceInLittleMemory() throws Exception {
    int count = 200;
    Semaphore go = new Semaphore(0);
    traces.script(exchange -> {
      OutputStream out = TestUpstream.startStream(exchange);
      TestUpstream.event(out, "0:1", "hello");
      go.acquire();
      TestUpstream.event(out, "0:2", "bye");
    });
    List<Stream> open = new ArrayList<>();
    long before = usedHeap();
    try {
      for (int n = 0; n < count; n++) {
        open.add(open("/api/threads/t" + n + "/stream", null));
      }
      for (Stream stream : open) {
        assertThat(stream.next()).isEqualTo("hello");
      }
      assertThat(streams()).isEqualTo(count);
      long perStream = (usedHeap() - before) / count;
      // Client, gateway and service share this JVM; together they took 270 KiB when measured.
      assertThat(perStream).as("bytes per stream").isLessThan(512 * 1024);
      go.release(count);
      for (Stream stream : open) {
        assertThat(stream.next()).isEqualTo("bye");
        assertThat(stream.next()).isNull();
      }
    } finally {
      go.release(count);
      open.forEach(Stream::close);
    }
    awaitNoStreams();
  }

  @Test
  void streamsOverTheCapAreRefusedUntilOneEnds() throws Exception {
    CountDownLatch test = new CountDownLatch(1);
    traces.script(exchange -> {
      OutputStream out = TestUpstream.startStream(exchange);
      TestUpstream.event(out, "0:1", "hello");
      test.await();
    });
    List<Stream> open = new ArrayList<>();
    try {
      for (int n = 0; n < 220; n++) {
        open.add(open("/api/threads/t1/stream", null));
      }

      var answer = send(request("/api/threads/t1/stream"));
      assertProblem(answer, 503, "too_many_streams");
      assertThat(answer.headers().firstValue("Retry-After")).isPresent();

      open.removeLast().close();
      await()
          .untilAsserted(() -> {
            try (var next = open("/api/threads/t1/stream", null)) {
              assertThat(next.response.statusCode()).isEqualTo(200);
            }
          });
    } finally {
      test.countDown();
      open.forEach(Stream::close);
    }
    awaitNoStreams();
  }

  private static void sendUntilNobodyListens(
      com.sun.net.httpserver.HttpExchange exchange, CountDownLatch ended) throws IOException {
    OutputStream out = TestUpstream.startStream(exchange);
    try {
      for (int n = 0; true; n++) {
        TestUpstream.event(out, "0:" + n, "event " + n);
      }
    } catch (IOException e) {
      ended.countDown();
    }
  }

  private double streams() {
    return metrics.get("heddle.gateway.streams").gauge().value();
  }

  private void awaitNoStreams() {
    await().atMost(20, SECONDS).until(() -> streams() == 0);
  }

  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private Stream open(String path, String lastEventId) throws Exception {
    var request = request(path).header("Accept", "text/event-stream");
    if (lastEventId != null) {
      request.header("Last-Event-ID", lastEventId);
    }
    return new Stream(http.send(request.build(), BodyHandlers.ofInputStream()));
  }

  private static final class Stream implements AutoCloseable {
    private final HttpResponse<InputStream> response;
    private final BufferedReader lines;

    Stream(HttpResponse<InputStream> response) {
      this.response = response;
      this.lines =
          new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    String line() throws IOException {
      return lines.readLine();
    }

    /** The data of the next event; null at the end. */
    String next() throws IOException {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("data:")) {
          return line.substring("data:".length());
        }
      }
      return null;
    }

    @Override
    public void close() {
      try {
        response.body().close();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
