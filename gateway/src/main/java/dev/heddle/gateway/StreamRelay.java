package dev.heddle.gateway;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes server-sent events from a service to one client, each as soon as it comes. The next piece
 * is asked for only when the last one was written, so a slow client slows its own stream and fills
 * no memory. In silence it sends comments, since only a write tells that the client has left.
 */
final class StreamRelay implements Flow.Subscriber<List<ByteBuffer>> {
  private static final Logger log = LoggerFactory.getLogger(StreamRelay.class);

  /** A comment line, legal between any two lines of a stream. */
  private static final byte[] COMMENT = ":\n".getBytes(StandardCharsets.US_ASCII);

  private sealed interface Signal {}

  private record Piece(List<ByteBuffer> bytes) implements Signal {}

  private record End(@Nullable Throwable cause) implements Signal {}

  private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private volatile Flow.@Nullable Subscription subscription;
  private boolean atLineStart = true;

  /** Writes until the service ends the stream, or the client leaves. */
  void run(OutputStream client, Duration keepAlive) throws InterruptedException {
    try {
      while (pass(signals.poll(keepAlive.toMillis(), TimeUnit.MILLISECONDS), client)) {
        client.flush();
      }
    } catch (IOException e) {
      log.atDebug().setCause(e).log("stream client left");
    } finally {
      cancel();
    }
  }

  /** Ends the stream from our side; the client resumes elsewhere or later. */
  void end() {
    signals.add(new End(null));
  }

  private boolean pass(@Nullable Signal signal, OutputStream client) throws IOException {
    switch (signal) {
      case null -> {
        if (atLineStart) {
          client.write(COMMENT);
        }
        return true;
      }
      case Piece piece -> {
        for (ByteBuffer buffer : piece.bytes()) {
          write(buffer, client);
        }
        next();
        return true;
      }
      case End end -> {
        if (end.cause() != null) {
          log.atDebug().setCause(end.cause()).log("stream broken off by its service");
        }
        return false;
      }
    }
  }

  private void write(ByteBuffer buffer, OutputStream client) throws IOException {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    if (bytes.length > 0) {
      client.write(bytes);
      atLineStart = bytes[bytes.length - 1] == '\n';
    }
  }

  private void next() {
    Flow.Subscription current = subscription;
    if (current != null) {
      current.request(1);
    }
  }

  /** Lets the service know that nobody listens any more. */
  void cancel() {
    Flow.Subscription current = subscription;
    if (current != null) {
      current.cancel();
    }
  }

  @Override
  public void onSubscribe(Flow.Subscription started) {
    subscription = started;
    started.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> bytes) {
    signals.add(new Piece(bytes));
  }

  @Override
  public void onError(Throwable cause) {
    signals.add(new End(cause));
  }

  @Override
  public void onComplete() {
    signals.add(new End(null));
  }
}
