package dev.heddle.trace.log;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.Origin;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.TraceRecord;
import dev.heddle.contracts.TraceRecord.AttemptClosed;
import dev.heddle.contracts.TraceRecord.TraceEvent;
import dev.heddle.messaging.Json;
import dev.heddle.messaging.UnreadableRecordException;
import dev.heddle.trace.log.Entry.AttemptId;
import dev.heddle.trace.log.Entry.Closed;
import dev.heddle.trace.log.Entry.Event;
import dev.heddle.trace.log.Entry.EventContent;
import dev.heddle.trace.log.Entry.EventId;
import dev.heddle.trace.log.Entry.Unreadable;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads records of the trace log. Ingest and live streams use it alike, so that what is stored and
 * what is sent are the same.
 */
public final class TraceDecoder {

  /** The kind of an event that stands for one which could not be read. */
  public static final String PLACEHOLDER = "unreadable";

  /** What PostgreSQL stores, with room; nothing real lies outside. */
  private static final Instant EARLIEST = Instant.parse("1900-01-01T00:00:00Z");

  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private static final JsonMapper MAPPER = new JsonMapper();

  private static final ClassValue<String> KINDS =
      new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> type) {
          return Objects.requireNonNull(type.getAnnotation(JsonTypeName.class), type.getName())
              .value();
        }
      };

  private TraceDecoder() {}

  /** What a record of the given epoch says; never fails. */
  public static Entry decode(ConsumerRecord<String, byte[]> record, int epoch) {
    var position = new LogPosition(epoch, record.partition(), record.offset());
    byte[] payload = record.value();
    if (payload == null) {
      return new Unreadable(position, "unreadable", "has no value", null);
    }
    CleanText.Payload clean;
    try {
      clean = CleanText.clean(payload);
    } catch (JacksonException e) {
      return new Unreadable(position, "unreadable", e.getOriginalMessage(), null);
    }
    TraceRecord trace;
    try {
      trace = Json.read(clean.bytes(), TraceRecord.class);
      require(trace);
    } catch (UnreadableRecordException e) {
      return new Unreadable(
          position,
          e.code(),
          String.valueOf(e.getMessage()),
          placeholder(clean.bytes(), position, record));
    } catch (IllegalArgumentException e) {
      return new Unreadable(
          position,
          "unreadable",
          String.valueOf(e.getMessage()),
          placeholder(clean.bytes(), position, record));
    }
    // One timeline in two partitions would have no order.
    if (!trace.key().equals(record.key())) {
      return new Unreadable(
          position, "wrong_key", "the record key is not the thread, or the session", null);
    }
    // PostgreSQL keeps microseconds; a live event must not be more exact than its stored self.
    return switch (trace) {
      case TraceEvent event ->
          new Event(
              position,
              new EventId(event.sessionId().value(), event.attempt(), event.origin(), event.seq()),
              thread(event.threadId()),
              event.at().truncatedTo(ChronoUnit.MICROS),
              content(event.body(), clean.changed()));
      case AttemptClosed closed ->
          new Closed(
              position,
              new AttemptId(closed.sessionId().value(), closed.attempt()),
              thread(closed.threadId()),
              closed.reason(),
              closed.at().truncatedTo(ChronoUnit.MICROS));
    };
  }

  /** Stands in the timeline for an event that was read but cannot be stored. */
  public static Event placeholder(Event event) {
    return new Event(
        event.position(),
        event.id(),
        event.threadId(),
        event.at(),
        placeholderContent(event.content().kind()));
  }

  private static @Nullable UUID thread(@Nullable ThreadId id) {
    return id == null ? null : id.value();
  }

  private static EventContent content(TraceBody body, boolean cleaned) {
    TraceBody marked =
        cleaned && body instanceof TraceBody.EngineOutput output
            ? new TraceBody.EngineOutput(
                output.stream(),
                output.messageId(),
                output.text(),
                output.part(),
                output.more(),
                true)
            : body;
    return new EventContent(KINDS.get(body.getClass()), Json.string(marked), cleaned, marked);
  }

  /** Jackson leaves absent fields null, whatever the record says of them. */
  private static void require(TraceRecord trace) {
    switch (trace) {
      case TraceEvent event -> {
        inRange(event.at());
        if (event.attempt() < 0 || event.seq() < 0) {
          throw new IllegalArgumentException("attempt and seq must not be negative");
        }
      }
      case AttemptClosed closed -> inRange(closed.at());
    }
  }

  private static void inRange(Instant at) {
    if (at.isBefore(EARLIEST) || at.isAfter(LATEST)) {
      throw new IllegalArgumentException("at is out of range");
    }
  }

  /** What a record of the future lets us know: enough to fill its gap, or nothing. */
  private static @Nullable Event placeholder(
      byte[] payload, LogPosition position, ConsumerRecord<String, byte[]> record) {
    try {
      JsonNode tree = MAPPER.readTree(payload);
      UUID session = Ids.parse(tree.path("sessionId").asString(""));
      JsonNode thread = tree.path("threadId");
      Origin origin = MAPPER.treeToValue(tree.path("origin"), Origin.class);
      JsonNode seq = tree.path("seq");
      JsonNode attempt = tree.path("attempt");
      if (origin == null || !seq.canConvertToLong() || !attempt.canConvertToInt()) {
        return null;
      }
      if (seq.asLong() < 0 || attempt.asInt() < 0) {
        return null;
      }
      Event event =
          new Event(
              position,
              new EventId(session, attempt.asInt(), origin, seq.asLong()),
              thread.isString() ? Ids.parse(thread.asString()) : null,
              Instant.ofEpochMilli(record.timestamp()),
              placeholderContent(tree.path("body").path("kind").asString("")));
      return event.timeline().toString().equals(record.key()) ? event : null;
    } catch (JacksonException | IllegalArgumentException e) {
      return null;
    }
  }

  private static EventContent placeholderContent(String original) {
    return new EventContent(
        PLACEHOLDER,
        Json.string(
            Map.of(
                "kind",
                PLACEHOLDER,
                "original",
                original,
                "reason",
                "this event could not be read; its record was put aside")),
        false,
        null);
  }
}
