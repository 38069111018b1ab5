package dev.heddle.messaging;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.heddle.contracts.Keyed;
import dev.heddle.messaging.UnreadableRecordException.Code;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one codec of the wire. Unknown fields are ignored and absent ones take their neutral value,
 * so that services of neighbouring versions understand each other; a value that an enum does not
 * have yet reads as the one that is marked {@code @JsonEnumDefaultValue}, or is refused where none
 * is; dates are ISO-8601; nulls are left out.
 */
public final class Json {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .changeDefaultPropertyInclusion(
              inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(EnumFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE)
          .build();

  private Json() {}

  /** The record as UTF-8 JSON. */
  public static byte[] bytes(Object record) {
    return MAPPER.writeValueAsBytes(record);
  }

  /** The record as JSON text. */
  public static String string(Object record) {
    return MAPPER.writeValueAsString(record);
  }

  /**
   * Reads what a consumer was given.
   *
   * @throws UnreadableRecordException as {@link #read(byte[], Class)} does, and where there is no
   *     payload, or the record strayed: its key is not the one that it says of itself
   */
  public static <T> T read(ConsumerRecord<String, byte[]> record, Class<T> type)
      throws UnreadableRecordException {
    byte[] payload = record.value();
    if (payload == null) {
      throw new UnreadableRecordException(Code.UNREADABLE, "has no payload", null);
    }
    T value = decode(payload, type);
    String key = value instanceof Keyed keyed ? keyOf(keyed) : null;
    if (key != null && !key.equals(record.key())) {
      throw new UnreadableRecordException(
          Code.WRONG_KEY, "speaks of '%s', which is not its key".formatted(key), null);
    }
    return complete(value);
  }

  /** Null where the id is missing that it is made of. */
  private static @Nullable String keyOf(Keyed record) {
    try {
      return record.key();
    } catch (NullPointerException e) {
      return null;
    }
  }

  /**
   * Reads one record.
   *
   * @throws UnreadableRecordException where the bytes are no JSON, do not fit the type, lack what
   *     it must have, or carry a {@code type}, or a value of an enum, that this version does not
   *     know
   */
  public static <T> T read(byte[] payload, Class<T> type) throws UnreadableRecordException {
    return complete(decode(payload, type));
  }

  /** The path of the first thing that a record lacks of what its type promises; null if nothing. */
  public static @Nullable String missing(Object record) {
    return Completeness.missing(record);
  }

  private static <T> T complete(T value) {
    String missing = Completeness.missing(value);
    if (missing != null) {
      throw new UnreadableRecordException(Code.UNREADABLE, "lacks " + missing, null);
    }
    return value;
  }

  private static <T> T decode(byte[] payload, Class<T> type) {
    T value;
    try {
      value = MAPPER.readValue(payload, type);
    } catch (InvalidTypeIdException e) {
      if (e.getTypeId() == null) {
        throw new UnreadableRecordException(Code.UNREADABLE, "has no type", e);
      }
      throw new UnreadableRecordException(
          Code.UNKNOWN_TYPE, "unknown type '%s'".formatted(e.getTypeId()), e);
    } catch (JacksonException e) {
      if (e instanceof InvalidFormatException wrong && wrong.getTargetType().isEnum()) {
        throw new UnreadableRecordException(
            Code.UNKNOWN_VALUE,
            "unknown value '%s' of %s".formatted(wrong.getValue(), path(wrong)),
            e);
      }
      throw new UnreadableRecordException(Code.UNREADABLE, e.getOriginalMessage(), e);
    } catch (RuntimeException | StackOverflowError e) {
      // A compact constructor may refuse a value in its own words.
      throw new UnreadableRecordException(Code.UNREADABLE, String.valueOf(e.getMessage()), e);
    }
    if (value == null) {
      throw new UnreadableRecordException(Code.UNREADABLE, "is null", null);
    }
    return value;
  }

  private static String path(InvalidFormatException e) {
    return e.getPath().stream()
        .map(step -> step.getPropertyName() == null ? "[]" : step.getPropertyName())
        .collect(Collectors.joining("."));
  }
}
