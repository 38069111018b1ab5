package dev.heddle.rest;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The values of an enum as clients write them, and the names of types as people read them. */
final class AllowedValues {
  private AllowedValues() {}

  static List<String> of(Class<?> type) {
    List<String> names = new ArrayList<>();
    for (Object constant : type.getEnumConstants()) {
      names.add(nameOf((Enum<?>) constant));
    }
    return names;
  }

  private static String nameOf(Enum<?> constant) {
    try {
      for (Method method : constant.getDeclaringClass().getDeclaredMethods()) {
        if (method.isAnnotationPresent(JsonValue.class)) {
          method.setAccessible(true);
          return String.valueOf(method.invoke(constant));
        }
      }
      Field field = constant.getDeclaringClass().getField(constant.name());
      JsonProperty renamed = field.getAnnotation(JsonProperty.class);
      return renamed == null ? constant.name() : renamed.value();
    } catch (ReflectiveOperationException e) {
      return constant.name();
    }
  }

  /** Words for the types that occur in requests; class names stay inside. */
  static String nameOf(@Nullable Class<?> type) {
    if (type == null) {
      return "value";
    }
    if (type == String.class || type.isEnum()) {
      return "text";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (Number.class.isAssignableFrom(type) || type.isPrimitive()) {
      return "number";
    }
    if (Iterable.class.isAssignableFrom(type) || type.isArray()) {
      return "list";
    }
    if (type.getName().startsWith("java.time.")) {
      return "ISO-8601 " + type.getSimpleName().toLowerCase(Locale.ROOT);
    }
    if (type == java.util.UUID.class) {
      return "UUID";
    }
    if (type.isRecord() || type.isInterface() || java.util.Map.class.isAssignableFrom(type)) {
      return "object";
    }
    return "value";
  }
}
