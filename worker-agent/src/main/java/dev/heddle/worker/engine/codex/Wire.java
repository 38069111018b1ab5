package dev.heddle.worker.engine.codex;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads what the app server says into records. */
final class Wire {

  static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Wire() {}

  /**
   * Reads one, as far as this version knows its members.
   *
   * @return empty where it has another form: a member is of another type, or one is missing that
   *     may not be
   */
  static <T extends Record> Optional<T> read(JsonNode node, Class<T> type) {
    try {
      T read = MAPPER.treeToValue(node, type);
      return isWhole(read) ? Optional.of(read) : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /** Whether nothing is missing in it that is not nullable, however deep. */
  private static boolean isWhole(@Nullable Object value) {
    return switch (value) {
      case List<?> list -> list.stream().allMatch(one -> one != null && isWhole(one));
      case Record one -> {
        for (RecordComponent component : one.getClass().getRecordComponents()) {
          Object member = member(one, component);
          if (member == null
              ? !component.getAnnotatedType().isAnnotationPresent(Nullable.class)
              : !isWhole(member)) {
            yield false;
          }
        }
        yield true;
      }
      case null, default -> true;
    };
  }

  private static @Nullable Object member(Record one, RecordComponent component) {
    try {
      return component.getAccessor().invoke(one);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
