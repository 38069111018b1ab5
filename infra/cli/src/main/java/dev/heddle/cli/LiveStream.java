package dev.heddle.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * A stream of events that survives its connections: whatever cuts it, it goes on after the last
 * event that was handled.
 */
final class LiveStream {

  /** Decides after each event whether to read on. */
  @FunctionalInterface
  interface Handler {
    /** False to end the stream. */
    boolean handle(ServerSentEvents.Event event);
  }

  /** Told about interruptions, so that a person knows why nothing moves. */
  @FunctionalInterface
  interface Interruptions {
    void interrupted(String what);
  }

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final Gateway gateway;
  private final Interruptions interruptions;
  private final Duration patience;

  /**
   * Creates a stream.
   *
   * @param patience how long the server may be away before the stream is given up
   */
  LiveStream(Gateway gateway, Interruptions interruptions, Duration patience) {
    this.gateway = gateway;
    this.interruptions = interruptions;
    this.patience = patience;
  }

  /** Reads until the handler has had enough. */
  void follow(String path, Handler handler) {
    String last = null;
    Duration pause = FIRST_PAUSE;
    long lostAt = 0;
    boolean connectedBefore = false;
    while (true) {
      try (ServerSentEvents events = new ServerSentEvents(gateway.stream(path, last).body())) {
        if (lostAt != 0 && connectedBefore) {
          interruptions.interrupted("connected again");
        }
        connectedBefore = true;
        lostAt = 0;
        for (Optional<ServerSentEvents.Event> event = events.next();
            event.isPresent();
            event = events.next()) {
          pause = FIRST_PAUSE;
          if (event.get().name().equals("reset")) {
            // What is older than the server keeps cannot be resumed: start over with what there is.
            last = null;
            interruptions.interrupted("the server no longer keeps that position; starting over");
            break;
          }
          if (!handler.handle(event.get())) {
            return;
          }
          if (event.get().id() != null) {
            last = event.get().id();
          }
        }
      } catch (CommandFailure e) {
        if (e.exitCode() != ExitCode.UNREACHABLE || !connectedBefore) {
          throw e;
        }
      } catch (IOException e) {
        if (!connectedBefore) {
          throw gateway.unreachable();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      long now = System.nanoTime();
      if (lostAt == 0) {
        lostAt = now;
      } else if (now - lostAt > patience.toNanos()) {
        throw gateway.unreachable();
      }
      if (!sleep(pause)) {
        return;
      }
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0
              ? LONGEST_PAUSE
              : pause.multipliedBy(2);
    }
  }

  private static boolean sleep(Duration pause) {
    try {
      Thread.sleep(pause);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
