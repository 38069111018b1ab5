package dev.heddle.trace;

import dev.heddle.testkit.TestIdentity;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of a stream over a bare socket, so that a hang-up is one. */
public final class Sse implements AutoCloseable {

  private static final JsonMapper MAPPER = new JsonMapper();

  /** One server-sent event. */
  public record Frame(String id, String event, JsonNode data) {}

  /** Says that the server has ended the stream. */
  private static final Frame END = new Frame("", "end", MAPPER.createObjectNode());

  private final Socket socket;
  private final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
  private final AtomicInteger comments = new AtomicInteger();
  private final int status;
  private volatile String lastId = "";

  private Sse(Socket socket, BufferedReader reader) throws IOException {
    this.socket = socket;
    this.status = Integer.parseInt(reader.readLine().substring(9, 12));
    Thread.ofVirtual().start(() -> read(reader));
  }

  public static Sse open(int port, String path, @Nullable String lastEventId) {
    try {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      String request =
          "GET "
              + path
              + " HTTP/1.0\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\nAuthorization: "
              + TestIdentity.bearer("local")
              + "\r\n"
              + (lastEventId == null ? "" : "Last-Event-ID: " + lastEventId + "\r\n")
              + "\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new Sse(
          socket,
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A client that asks and then reads nothing at all. */
  public static Socket openAndReadNothing(int port, String path) {
    try {
      Socket socket = new Socket();
      socket.setReceiveBufferSize(4 * 1024);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      String request =
          "GET "
              + path
              + " HTTP/1.0\r\nHost: 127.0.0.1\r\nAuthorization: "
              + TestIdentity.bearer("local")
              + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return socket;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Goes on with a socket that has read nothing. */
  public static Sse resume(Socket socket) {
    try {
      return new Sse(
          socket,
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  public int status() {
    return status;
  }

  public int comments() {
    return comments.get();
  }

  /** What a browser would come back with; empty before there is any. */
  public String lastId() {
    return lastId;
  }

  /** The next event; null when none comes in time or the stream has ended. */
  public @Nullable Frame next(Duration atMost) {
    try {
      Frame frame = frames.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
      if (END.equals(frame)) {
        frames.add(END);
        return null;
      }
      return frame;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  public Frame next() {
    Frame frame = next(Duration.ofSeconds(20));
    if (frame == null) {
      throw new AssertionError("no event within 20 s");
    }
    return frame;
  }

  public List<Frame> take(int count) {
    List<Frame> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      taken.add(next());
    }
    return taken;
  }

  /** All events up to the end of the stream, which must come. */
  public List<Frame> untilEnd() {
    List<Frame> taken = new ArrayList<>();
    while (true) {
      try {
        Frame frame = frames.poll(20, TimeUnit.SECONDS);
        if (frame == null) {
          throw new AssertionError("the stream did not end; so far " + taken.size());
        }
        if (frame.equals(END)) {
          return taken;
        }
        taken.add(frame);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void read(BufferedReader reader) {
    String id = "";
    String event = "message";
    String data = null;
    try {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith("id: ")) {
          id = line.substring(4);
          lastId = id;
        } else if (line.startsWith("event: ")) {
          event = line.substring(7);
        } else if (line.startsWith("data: ")) {
          data = line.substring(6);
        } else if (line.startsWith(":")) {
          comments.incrementAndGet();
        } else if (line.isEmpty() && data != null) {
          frames.add(new Frame(id, event, MAPPER.readTree(data)));
          event = "message";
          data = null;
        }
        // What is left are headers; HTTP/1.0 has no chunks.
      }
    } catch (IOException e) {
      // Closed by the test, or by the server.
    }
    frames.add(END);
  }
}
