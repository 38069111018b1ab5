package dev.heddle.thread.transfer;

import dev.heddle.messaging.Json;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.StorableText;
import dev.heddle.thread.ThreadError;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * Reads what claims to be a thread of another installation. Unlike the wire, a file has no newer
 * version that it could come from unnoticed: what is not known is refused, not left out.
 */
final class DocumentReader {

  /** What PostgreSQL and people can do something with. */
  private static final Instant EARLIEST = Instant.parse("1970-01-01T00:00:00Z");

  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .addModule(
              new SimpleModule()
                  .addDeserializer(String.class, new StorableString())
                  .addDeserializer(Instant.class, new UsualInstant()))
          .build();

  private DocumentReader() {}

  /** What tells what the rest is, whatever the rest is. */
  private record Kind(@Nullable String format, @Nullable Integer version) {}

  /**
   * Reads a document, and checks each part of it alone.
   *
   * @throws ProblemException {@code unknown_format}, {@code unsupported_version}, {@code
   *     invalid_export} or {@code invalid_text}
   */
  static ThreadDocument read(byte[] json) {
    Kind kind = kindOf(json);
    if (!ThreadDocument.FORMAT.equals(kind.format())) {
      throw new ProblemException(
          ThreadError.UNKNOWN_FORMAT,
          "the body must be the JSON of GET /api/threads/{id}/export, whose format is "
              + ThreadDocument.FORMAT);
    }
    if (kind.version() == null || kind.version() != ThreadDocument.VERSION) {
      throw new ProblemException(
              ThreadError.UNSUPPORTED_VERSION,
              "version %s of the format is not known here, only %d; export it with the same version"
                      .formatted(kind.version(), ThreadDocument.VERSION)
                  + " of Heddle")
          .with("supported", ThreadDocument.VERSION);
    }
    ThreadDocument document;
    try {
      document = STRICT.readValue(json, ThreadDocument.class);
    } catch (JacksonException e) {
      throw refused(e);
    }
    String missing = Json.missing(document);
    if (missing != null) {
      throw invalid("it lacks " + missing);
    }
    return document;
  }

  /** Says that a document is none, and why. */
  static ProblemException invalid(String why) {
    return new ProblemException(
        ThreadError.INVALID_EXPORT, "this is no export of a thread: " + why);
  }

  /** Reads the first two members, wherever in the document they stand. */
  private static Kind kindOf(byte[] json) {
    String format = null;
    Integer version = null;
    try (JsonParser parser = STRICT.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return new Kind(null, null);
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME && (format == null || version == null)) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (name.equals("format") && value == JsonToken.VALUE_STRING) {
          format = parser.getString();
        } else if (name.equals("version") && value == JsonToken.VALUE_NUMBER_INT) {
          // One that no int holds is as unknown as any.
          version =
              parser.getNumberType() == JsonParser.NumberType.INT
                  ? parser.getIntValue()
                  : Integer.MAX_VALUE;
        } else {
          parser.skipChildren();
        }
      }
    } catch (JacksonException e) {
      throw refused(e);
    }
    return new Kind(format, version);
  }

  /** Our own word counts where there is one; Jackson's names places and types, but no text. */
  private static ProblemException refused(JacksonException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof ProblemException own) {
        return own;
      }
    }
    StringBuilder path = new StringBuilder();
    e.getPath()
        .forEach(step ->
            path.append(
                step.getPropertyName() == null
                    ? "[" + step.getIndex() + "]"
                    : (path.isEmpty() ? "" : ".") + step.getPropertyName()));
    String place =
        e.getLocation() == null
            ? ""
            : " (line %d, column %d)"
                .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
    return new ProblemException(
        ThreadError.INVALID_EXPORT,
        "this is no export of a thread: "
            + (path.isEmpty() ? "it is no JSON of that form" : path + " has the wrong form")
            + place,
        e);
  }

  /** Text that can be stored, wherever in the document it stands. */
  private static final class StorableString extends StdDeserializer<String> {

    StorableString() {
      super(String.class);
    }

    @Override
    public String deserialize(JsonParser parser, DeserializationContext context) {
      if (parser.currentToken() != JsonToken.VALUE_STRING) {
        return (String) context.handleUnexpectedToken(String.class, parser);
      }
      String name = parser.currentName();
      return StorableText.require(name == null ? "an element" : name, parser.getString());
    }
  }

  /** To the microsecond, as all stored times are. */
  private static final class UsualInstant extends StdDeserializer<Instant> {

    UsualInstant() {
      super(Instant.class);
    }

    @Override
    public Instant deserialize(JsonParser parser, DeserializationContext context) {
      if (parser.currentToken() != JsonToken.VALUE_STRING) {
        return (Instant) context.handleUnexpectedToken(Instant.class, parser);
      }
      String name = parser.currentName();
      try {
        Instant at =
            OffsetDateTime.parse(parser.getString()).toInstant().truncatedTo(ChronoUnit.MICROS);
        if (at.isBefore(EARLIEST) || at.isAfter(LATEST)) {
          throw invalid(name + " must be between " + EARLIEST + " and " + LATEST);
        }
        return at;
      } catch (DateTimeException malformed) {
        throw invalid(name + " must be a time such as 2026-11-21T09:00:00Z");
      }
    }
  }
}
