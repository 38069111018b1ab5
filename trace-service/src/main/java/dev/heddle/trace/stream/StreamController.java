package dev.heddle.trace.stream;

import dev.heddle.rest.ProblemException;
import dev.heddle.rest.Refuses;
import dev.heddle.rest.RestError;
import dev.heddle.trace.api.Arguments;
import dev.heddle.trace.log.LogPosition;
import dev.heddle.trace.log.PositionCursor;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Serves live streams as server-sent events. Each runs on the virtual thread of its request and
 * writes as fast as its client reads.
 */
@RestController
class StreamController {

  private static final String LAST_EVENT_ID = "Last-Event-ID";

  private final Streams streams;

  StreamController(Streams streams) {
    this.streams = streams;
  }

  /**
   * Streams the events of a thread as they happen, after those that there are. It stays open, and
   * silent, where nothing has happened yet.
   *
   * @param id the thread's UUID
   * @param after the {@code id} of the last event that you have; without it, from the beginning
   * @param until {@code end} closes the stream when the last session has ended
   */
  @Refuses("invalid_parameter")
  @GetMapping("/api/threads/{id}/stream")
  void ofThread(
      @PathVariable String id,
      @RequestHeader(name = LAST_EVENT_ID, required = false) @Nullable String lastEventId,
      @RequestParam(required = false) @Nullable String after,
      @Parameter(schema = @Schema(type = "string", allowableValues = "end"))
          @RequestParam(required = false)
          @Nullable String until,
      HttpServletResponse response)
      throws IOException {
    stream(new Target.OfThread(Arguments.id(id)), lastEventId, after, until, response);
  }

  /**
   * Streams the events of a session as they happen, after those that there are. It stays open, and
   * silent, where nothing has happened yet.
   *
   * @param id the session's UUID
   * @param after the {@code id} of the last event that you have; without it, from the beginning
   * @param until {@code end} closes the stream when the session has ended
   */
  @Refuses("invalid_parameter")
  @GetMapping("/api/sessions/{id}/stream")
  void ofSession(
      @PathVariable String id,
      @RequestHeader(name = LAST_EVENT_ID, required = false) @Nullable String lastEventId,
      @RequestParam(required = false) @Nullable String after,
      @Parameter(schema = @Schema(type = "string", allowableValues = "end"))
          @RequestParam(required = false)
          @Nullable String until,
      HttpServletResponse response)
      throws IOException {
    stream(new Target.OfSession(Arguments.id(id)), lastEventId, after, until, response);
  }

  private void stream(
      Target target,
      @Nullable String lastEventId,
      @Nullable String after,
      @Nullable String until,
      HttpServletResponse response)
      throws IOException {
    boolean untilEnd = "end".equals(until);
    if (until != null) {
      Arguments.oneOf("until", until, List.of("end"));
    }
    // The header wins: it is what a browser sends of itself when it comes back.
    String cursor = lastEventId == null || lastEventId.isEmpty() ? after : lastEventId;
    LogPosition position = cursor == null || cursor.isEmpty() ? null : PositionCursor.parse(cursor);
    if (position != null && !streams.canFollow(target, position)) {
      throw new ProblemException(
          RestError.BAD_CURSOR, "The cursor is that of another thread or session.");
    }
    response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
    response.setCharacterEncoding("UTF-8");
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    // Proxies of the nginx kind must not hold events back.
    response.setHeader("X-Accel-Buffering", "no");
    streams.run(target, position, untilEnd, response.getOutputStream());
  }
}
