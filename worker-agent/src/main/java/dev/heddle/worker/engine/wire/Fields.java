package dev.heddle.worker.engine.wire;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads fields of a message that may be missing, or be of another type than expected. */
public final class Fields {

  private Fields() {}

  /** The text at a path of names; null where there is none. */
  public static @Nullable String text(JsonNode node, String... path) {
    JsonNode found = at(node, path);
    return found.isString() ? found.stringValue() : null;
  }

  /** The same, with a word for where there is none. */
  public static String text(JsonNode node, String name, String otherwise) {
    String found = text(node, new String[] {name});
    return found == null ? otherwise : found;
  }

  /** The whole number at a path; 0 where there is none. */
  public static long number(JsonNode node, String... path) {
    JsonNode found = at(node, path);
    return found.isIntegralNumber() && found.canConvertToLong() ? found.longValue() : 0;
  }

  /** Whether there is a true at a path. */
  public static boolean flag(JsonNode node, String... path) {
    JsonNode found = at(node, path);
    return found.isBoolean() && found.booleanValue();
  }

  /** The node at a path; a missing one where there is none. */
  public static JsonNode at(JsonNode node, String... path) {
    JsonNode found = node;
    for (String name : path) {
      found = found.path(name);
    }
    return found;
  }

  /** The elements of an array; none where it is no array. */
  public static List<JsonNode> list(JsonNode node, String... path) {
    List<JsonNode> elements = new ArrayList<>();
    JsonNode found = at(node, path);
    if (found.isArray()) {
      found.forEach(elements::add);
    }
    return elements;
  }

  /** An empty object, to be filled. */
  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
