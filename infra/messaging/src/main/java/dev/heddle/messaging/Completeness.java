package dev.heddle.messaging;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether a record that was read has all that its type promises. Jackson leaves an absent field
 * null, whatever the record says of it; a component that is not {@code @Nullable}, and that the
 * compact constructor gives no neutral value, must have been in the payload.
 */
final class Completeness {

  private record Part(String name, Method accessor, boolean nullable) {}

  private static final ClassValue<Part[]> PARTS =
      new ClassValue<>() {
        @Override
        protected Part[] computeValue(Class<?> type) {
          return Stream.of(type.getRecordComponents())
              .filter(component -> !component.getType().isPrimitive())
              .map(Completeness::part)
              .toArray(Part[]::new);
        }
      };

  private Completeness() {}

  /** The path of the first thing that is missing, or null where nothing is. */
  static @Nullable String missing(Object value) {
    return switch (value) {
      case Record record -> missingOf(record);
      case Collection<?> elements -> first(elements);
      case Map<?, ?> entries -> first(entries.values());
      default -> null;
    };
  }

  private static @Nullable String missingOf(Record record) {
    for (Part part : PARTS.get(record.getClass())) {
      Object value = read(part, record);
      if (value == null && !part.nullable) {
        return part.name;
      }
      String within = value == null ? null : missing(value);
      if (within != null) {
        return part.name + "." + within;
      }
    }
    return null;
  }

  private static @Nullable String first(Collection<?> elements) {
    for (Object element : elements) {
      String within = element == null ? null : missing(element);
      if (within != null) {
        return "[]." + within;
      }
    }
    return null;
  }

  private static Part part(RecordComponent component) {
    Method accessor = component.getAccessor();
    accessor.setAccessible(true);
    boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    return new Part(component.getName(), accessor, nullable);
  }

  private static @Nullable Object read(Part part, Record record) {
    try {
      return part.accessor.invoke(record);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("cannot read " + part.name, e);
    }
  }
}
