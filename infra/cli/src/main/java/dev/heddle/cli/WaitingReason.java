package dev.heddle.cli;

import java.time.Duration;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Says why a session waits, for as long as it does. The reason is no event, since it changes with
 * everything else that waits; so it is asked for, but only while the last event was that it queues.
 */
final class WaitingReason implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofSeconds(3);

  private final Gateway gateway;
  private final String session;
  private final Consumer<String> say;
  private final Thread thread;
  private volatile boolean queued = true;
  private String said = "";

  WaitingReason(Gateway gateway, String session, Consumer<String> say) {
    this.gateway = gateway;
    this.session = session;
    this.say = say;
    this.thread = Thread.ofVirtual().name("waiting-reason").start(this::watch);
  }

  void seen(JsonNode event) {
    JsonNode body = event.path("body");
    if (body.path("kind").asString("").equals("session.status")) {
      queued = body.path("status").asString("").equals("queued");
    }
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(PAUSE);
        if (queued) {
          ask();
        }
      }
    } catch (InterruptedException e) {
      // The session is over, or nobody looks any more.
    }
  }

  private void ask() {
    try {
      JsonNode now = gateway.get("api/sessions/" + session);
      String reason = now.path("reason").asString("");
      if (now.path("status").asString("").equals("queued")
          && !reason.isEmpty()
          && !reason.equals(said)) {
        said = reason;
        say.accept("waiting: " + Timeline.printable(reason));
      }
    } catch (CommandFailure e) {
      // Whoever follows says that the server is away.
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
