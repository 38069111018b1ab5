package dev.heddle.trace.transcript;

import dev.heddle.rest.Refuses;
import dev.heddle.trace.api.Arguments;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Serves transcripts and summaries. What has no events yet is empty, since they come later. */
@RestController
class TranscriptController {

  private static final int DEFAULT_LIMIT = 200;
  private static final int MOST = 1_000;

  private final TranscriptReader transcripts;
  private final SummaryReader summaries;

  TranscriptController(TranscriptReader transcripts, SummaryReader summaries) {
    this.transcripts = transcripts;
    this.summaries = summaries;
  }

  /**
   * Shows what was said and done on a thread, from its beginning. Empty before the first event.
   *
   * @param id the thread's UUID
   */
  @Refuses("invalid_parameter")
  @GetMapping("/api/threads/{id}/transcript")
  TranscriptPage ofThread(
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String cursor,
      @Parameter(
              schema =
                  @Schema(type = "integer", minimum = "1", maximum = "1000", defaultValue = "200"))
          @RequestParam(required = false)
          @Nullable Integer limit) {
    return transcripts.ofThread(
        Arguments.id(id), cursor, Arguments.limit(limit, DEFAULT_LIMIT, MOST));
  }

  /**
   * Shows what was said and done in a session, from its beginning. Empty before the first event.
   *
   * @param id the session's UUID
   */
  @Refuses("invalid_parameter")
  @GetMapping("/api/sessions/{id}/transcript")
  TranscriptPage ofSession(
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String cursor,
      @Parameter(
              schema =
                  @Schema(type = "integer", minimum = "1", maximum = "1000", defaultValue = "200"))
          @RequestParam(required = false)
          @Nullable Integer limit) {
    return transcripts.ofSession(
        Arguments.id(id), cursor, Arguments.limit(limit, DEFAULT_LIMIT, MOST));
  }

  /**
   * Shows a session in figures: times, counts, tokens. Zeroes before the first event.
   *
   * @param id the session's UUID
   */
  @Refuses("invalid_parameter")
  @GetMapping("/api/sessions/{id}/summary")
  SessionSummary summary(@PathVariable String id) {
    return summaries.of(Arguments.id(id));
  }
}
