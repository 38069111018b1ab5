package dev.heddle.worker.mcp;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an engine calls a tool with. The types are those of the tool's schema, which the SDK has
 * checked before; what a schema cannot say is checked here.
 */
final class Arguments {

  private final Map<String, Object> values;

  Arguments(@Nullable Map<String, Object> values) {
    this.values = Objects.requireNonNullElse(values, Map.of());
  }

  /**
   * A text that must be there.
   *
   * @param maxBytes in UTF-8
   */
  String text(String name, int maxBytes) throws RefusedCallException {
    String text = optionalText(name, maxBytes);
    if (text == null) {
      throw new RefusedCallException(name + " is missing or empty");
    }
    return text;
  }

  /** A text; null where there is none, or nothing but blanks. */
  @Nullable String optionalText(String name, int maxBytes) throws RefusedCallException {
    if (!(values.get(name) instanceof String text) || text.isBlank()) {
      return null;
    }
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > maxBytes) {
      throw new RefusedCallException(
          "%s has %d bytes in UTF-8, and at most %d are taken; shorten it, or put the rest into a file"
              .formatted(name, bytes, maxBytes));
    }
    return text;
  }

  /** A number; null where there is none. */
  @Nullable Integer number(String name) {
    return values.get(name) instanceof Number number ? number.intValue() : null;
  }

  boolean flag(String name, boolean otherwise) {
    return values.get(name) instanceof Boolean flag ? flag : otherwise;
  }

  /**
   * A list; empty where there is none.
   *
   * @param most how many there may be
   */
  List<?> list(String name, int most) throws RefusedCallException {
    List<?> list = values.get(name) instanceof List<?> found ? found : List.of();
    if (list.size() > most) {
      throw new RefusedCallException(
          "%s has %d entries, and at most %d are taken".formatted(name, list.size(), most));
    }
    return list;
  }
}
