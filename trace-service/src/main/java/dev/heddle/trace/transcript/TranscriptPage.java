package dev.heddle.trace.transcript;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a transcript, from its beginning. All pages show it as of the first one.
 *
 * @param nextCursor for the next page; null on the last one
 * @param streamCursor where the stream continues what the pages show, as {@code Last-Event-ID}
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record TranscriptPage(
    List<TranscriptItem> items, @Nullable String nextCursor, String streamCursor) {}
