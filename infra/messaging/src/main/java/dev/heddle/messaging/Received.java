package dev.heddle.messaging;

import dev.heddle.contracts.TraceId;
import java.time.Instant;
import java.util.Map;

/**
 * A decoded record and where it came from.
 *
 * @param timestamp when its producer sent it
 * @param trace the trace that it belongs to; a new one where it came without
 * @param headers the text headers, the last of each name
 */
public record Received<T>(
    T value,
    String key,
    String topic,
    int partition,
    long offset,
    Instant timestamp,
    TraceId trace,
    Map<String, String> headers) {}
