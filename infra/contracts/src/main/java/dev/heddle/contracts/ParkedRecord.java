package dev.heddle.contracts;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A record that a consumer could not read or apply, kept on {@link Topics#PARKED} so that it
 * neither blocks its partition nor is lost.
 *
 * @param payload the original bytes in base64
 * @param code the kind of reason: {@code unreadable}, {@code unknown_type} or {@code unknown_value}
 *     (both of a later version), {@code refused} (by the broker) or {@code failed} (by the
 *     consumer)
 * @param reason for people
 * @param consumer the service that parked it
 */
public record ParkedRecord(
    String topic,
    int partition,
    long offset,
    @Nullable String key,
    String payload,
    Map<String, String> headers,
    String code,
    String reason,
    String consumer,
    Instant at) {

  public ParkedRecord {
    headers = Map.copyOf(Objects.requireNonNullElse(headers, Map.of()));
  }
}
