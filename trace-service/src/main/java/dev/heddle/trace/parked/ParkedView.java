package dev.heddle.trace.parked;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A parked record as people see it.
 *
 * @param partition -1, as the offset, for what its topic never took
 * @param bytes the size of the payload
 * @param replayOf the parked record that was sent once more and became this one
 * @param content what it holds; absent in lists
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ParkedView(
    UUID id,
    String topic,
    int partition,
    long offset,
    String consumer,
    @Nullable String key,
    int bytes,
    String code,
    String reason,
    Instant parkedAt,
    ParkedState state,
    @Nullable String replayedBy,
    @Nullable Instant replayedAt,
    @Nullable UUID replayOf,
    @Nullable Content content) {

  /**
   * What a record holds, and what became of it.
   *
   * @param text the payload where it is text
   * @param base64 the payload where it is not
   * @param truncated whether key, payload or headers are only the beginning
   * @param parkedAgain the records that became of its replays
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Content(
      Map<String, String> headers,
      @Nullable String text,
      @Nullable String base64,
      boolean truncated,
      List<UUID> parkedAgain) {}

  static ParkedView listed(ParkedRow row) {
    return of(row, null);
  }

  static ParkedView whole(ParkedRow row, List<UUID> parkedAgain) {
    byte[] payload = row.payload();
    String text = payload == null ? null : text(payload);
    String base64 =
        payload == null || text != null ? null : Base64.getEncoder().encodeToString(payload);
    return of(row, new Content(row.headers(), text, base64, row.truncated(), parkedAgain));
  }

  private static ParkedView of(ParkedRow row, @Nullable Content content) {
    ParkedRow.Source source = row.source();
    ParkedRow.Replay last = row.last();
    return new ParkedView(
        row.id(),
        source.topic(),
        source.partition(),
        source.offset(),
        source.consumer(),
        row.key(),
        row.bytes(),
        row.code(),
        row.reason(),
        row.parkedAt(),
        row.state(),
        last == null ? null : last.by(),
        last == null ? null : last.at(),
        row.replayOf(),
        content);
  }

  private static @Nullable String text(byte[] payload) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
