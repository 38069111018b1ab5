package dev.heddle.messaging;

import java.time.Instant;
import java.util.Map;

/**
 * A decoded record and where it came from.
 *
 * @param timestamp when its producer sent it
 * @param headers the text headers, the last of each name
 */
public record Received<T>(
    T value,
    String key,
    String topic,
    int partition,
    long offset,
    Instant timestamp,
    Map<String, String> headers) {}
