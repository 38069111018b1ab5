package dev.heddle.trace.changes;

import dev.heddle.rest.Refuses;
import dev.heddle.trace.api.Arguments;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Serves the stream of changes as server-sent events, on the virtual thread of its request. */
@RestController
class ChangeStreamController {

  private final ChangeStreams streams;

  ChangeStreamController(ChangeStreams streams) {
    this.streams = streams;
  }

  /**
   * Streams what changes of threads, sessions and machines, for lists that keep themselves. Open
   * it, then load the lists, then apply each event whose version is above that of what you have:
   * {@code thread} carries a ThreadChanged with just what changed, {@code session} the whole state
   * of a session, {@code machine} that of a machine but for its busy slots. What is of one thread
   * comes in order; a client that comes back with its last id misses nothing and gets nothing
   * twice. {@code reset} means that this is not possible (the cursor is too old, or of topics that
   * were made anew): load the lists again and go on with its id.
   *
   * @param project the UUID of the project that it is to be of; machines are of none
   * @param thread the UUID of the thread that it is to be of
   * @param after the {@code id} of the last event that you have; without it, from now on
   */
  @Refuses({"invalid_parameter", "bad_cursor"})
  @GetMapping("/api/stream")
  void stream(
      @RequestParam(required = false) @Nullable String project,
      @RequestParam(required = false) @Nullable String thread,
      @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
      @RequestParam(required = false) @Nullable String after,
      HttpServletResponse response)
      throws IOException {
    ChangeFilter filter =
        new ChangeFilter(
            project == null ? null : Arguments.id(project),
            thread == null ? null : Arguments.id(thread));
    // The header wins: it is what a browser sends of itself when it comes back.
    String text = lastEventId == null || lastEventId.isEmpty() ? after : lastEventId;
    ChangeCursor cursor = text == null || text.isEmpty() ? null : ChangeCursor.parse(text);
    response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
    response.setCharacterEncoding("UTF-8");
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    // Proxies of the nginx kind must not hold events back.
    response.setHeader("X-Accel-Buffering", "no");
    streams.run(filter, cursor, response.getOutputStream());
  }
}
