package dev.heddle.worker.mcp;

import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * An engine that reads the answer to its call as a stream of events. While it waits it is sent
 * something now and then: a comment, which keeps a connection from idling out and shows when the
 * other end is gone, and where it asked for progress a notification, with which clients start their
 * own time-out anew.
 */
final class StreamingCaller implements Caller {

  /** Clients give up a silent connection after a minute, some after more. */
  private static final Duration BEAT = Duration.ofSeconds(10);

  private final McpSyncServerExchange exchange;
  private final @Nullable Object progressToken;
  private final HttpServletResponse response;

  StreamingCaller(
      McpSyncServerExchange exchange,
      @Nullable Object progressToken,
      HttpServletResponse response) {
    this.exchange = exchange;
    this.progressToken = progressToken;
    this.response = response;
  }

  @Override
  public <T> T await(CompletableFuture<T> outcome, String doing)
      throws CallerGoneException, InterruptedException {
    for (int beat = 1; !outcome.isDone(); beat++) {
      beat(beat, doing);
      try {
        return outcome.get(BEAT.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        // Once more.
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
    }
    return outcome.join();
  }

  /** On the thread of the call, so that nothing else is written meanwhile. */
  private void beat(int number, String doing) throws CallerGoneException {
    try {
      PrintWriter writer = response.getWriter();
      writer.write(": waiting\n\n");
      if (writer.checkError()) {
        throw new CallerGoneException();
      }
    } catch (IOException e) {
      throw new CallerGoneException();
    }
    if (progressToken != null) {
      exchange.progressNotification(
          McpSchema.ProgressNotification.builder(progressToken, number).message(doing).build());
    }
  }
}
