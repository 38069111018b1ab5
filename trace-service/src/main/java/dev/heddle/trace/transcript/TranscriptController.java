package dev.heddle.trace.transcript;

import dev.heddle.trace.api.Arguments;
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

  @GetMapping("/api/threads/{id}/transcript")
  TranscriptPage ofThread(
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    return transcripts.ofThread(
        Arguments.id(id), cursor, Arguments.limit(limit, DEFAULT_LIMIT, MOST));
  }

  @GetMapping("/api/sessions/{id}/transcript")
  TranscriptPage ofSession(
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    return transcripts.ofSession(
        Arguments.id(id), cursor, Arguments.limit(limit, DEFAULT_LIMIT, MOST));
  }

  @GetMapping("/api/sessions/{id}/summary")
  SessionSummary summary(@PathVariable String id) {
    return summaries.of(Arguments.id(id));
  }
}
