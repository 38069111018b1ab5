package dev.heddle.trace.transcript;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One item of a transcript.
 *
 * @param kind {@code message}, {@code typing}, {@code tool}, {@code marker}, {@code notice}, {@code
 *     error}, {@code output} or {@code unreadable}
 * @param id stays the same while the item changes
 * @param status of a message, a tool call or a marker
 * @param text at most 256 Ki characters of a message, 64 Ki of an output, 16 Ki of anything else;
 *     {@code truncated} among the details says that there was more
 * @param transientItem whether it will be gone when the run has started; true or absent
 * @param details what else there is of this kind
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TranscriptItem(
    String kind,
    String id,
    @Nullable String role,
    @Nullable String status,
    @Nullable String text,
    Instant at,
    UUID sessionId,
    int attempt,
    @JsonProperty("transient") @Nullable Boolean transientItem,
    @JsonAnyGetter Map<String, Object> details) {}
