package dev.heddle.cli;

import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Follows one session to its end, or one thread until the person has seen enough. */
final class Follower {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Context context;
  private final Gateway gateway;
  private final boolean json;
  private final Timeline timeline;

  Follower(Context context, Gateway gateway, boolean json) {
    this.context = context;
    this.gateway = gateway;
    this.json = json;
    this.timeline = new Timeline(context.terminal());
  }

  /** Shows a session from its beginning; the exit code tells how it ended. */
  int session(String id) {
    String[] last = {""};
    try (WaitingReason waiting = new WaitingReason(gateway, id, this::say)) {
      stream()
          .follow(
              "api/sessions/" + id + "/stream",
              event -> {
                JsonNode node = parse(event.data());
                boolean ends = Timeline.ends(node.path("body"));
                // A retry may have begun meanwhile: only what the session is now can end this.
                String now =
                    ends ? gateway.get("api/sessions/" + id).path("status").asString("") : "";
                waiting.seen(node);
                show(event, node);
                last[0] = now;
                return !Timeline.isDone(now);
              });
    }
    return last[0].equals("completed") ? ExitCode.OK : ExitCode.RUN_FAILED;
  }

  /** Shows a thread, all of its sessions, without an end. */
  int thread(String id) {
    stream()
        .follow(
            "api/threads/" + id + "/stream",
            event -> {
              show(event, parse(event.data()));
              return true;
            });
    return ExitCode.OK;
  }

  private LiveStream stream() {
    return new LiveStream(gateway, this::say, PATIENCE);
  }

  /** Whatever thread it comes from, it gets a line of its own. */
  private void say(String text) {
    if (!json) {
      synchronized (timeline) {
        timeline.label(text);
      }
    }
  }

  private void show(ServerSentEvents.Event event, JsonNode node) {
    if (!event.name().equals("message")) {
      return;
    }
    if (json) {
      context.terminal().line(event.data());
    } else {
      synchronized (timeline) {
        timeline.show(node);
      }
    }
  }

  private static JsonNode parse(String data) {
    try {
      return Gateway.JSON.readTree(data);
    } catch (JacksonException e) {
      return Gateway.JSON.createObjectNode();
    }
  }
}
