package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A record that a consumer could not read or apply, kept on {@link Topics#PARKED} so that it
 * neither blocks its partition nor is lost.
 *
 * @param partition -1, as the offset, for what its topic never took
 * @param payload the original bytes in base64; null where there were none
 * @param code the kind of reason: {@code unreadable}, {@code unknown_type} or {@code unknown_value}
 *     (both of a later version), {@code wrong_key}, {@code refused} (by the broker) or {@code
 *     failed} (by the consumer)
 * @param reason for people
 * @param consumer the service that parked it
 * @param truncated true where key, payload or headers were too large and only begin here; absent
 *     where they are whole
 */
public record ParkedRecord(
    String topic,
    int partition,
    long offset,
    @Nullable String key,
    @Nullable String payload,
    Map<String, String> headers,
    String code,
    String reason,
    String consumer,
    Instant at,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean truncated) {

  /** The header of a record that was sent once more: the id under which it had been parked. */
  public static final String REPLAY_OF = "heddle-replay-of";

  public ParkedRecord {
    headers = Map.copyOf(Objects.requireNonNullElse(headers, Map.of()));
  }
}
