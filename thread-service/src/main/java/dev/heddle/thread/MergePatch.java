package dev.heddle.thread;

import dev.heddle.rest.InvalidField;
import dev.heddle.rest.ProblemException;
import dev.heddle.rest.RestError;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON merge patch (RFC 7396): what is absent stays, what is null is reset, and a member that
 * nobody knows is refused.
 */
public final class MergePatch {

  private final ObjectNode body;
  private final String prefix;

  /**
   * Takes a patch whose members are all known.
   *
   * @param body the patch as it was sent
   * @param known the members that may be in it
   * @throws ProblemException naming the members that are not known
   */
  public MergePatch(ObjectNode body, Set<String> known) {
    this(body, known, "");
  }

  private MergePatch(ObjectNode body, Set<String> known, String prefix) {
    this.body = body;
    this.prefix = prefix;
    TreeSet<String> unknown = new TreeSet<>(body.propertyNames());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw refused(unknown.first(), "is not known here, or cannot be changed", known);
    }
  }

  /** The members that the record describing a patch declares. */
  public static Set<String> fieldsOf(Class<? extends Record> patch) {
    return Arrays.stream(patch.getRecordComponents())
        .map(RecordComponent::getName)
        .collect(Collectors.toUnmodifiableSet());
  }

  public boolean has(String field) {
    return body.has(field);
  }

  /** Whether the patch resets something. */
  public boolean resets(String field) {
    JsonNode node = body.get(field);
    return node != null && node.isNull();
  }

  /** The patch of an object within this one, where there is one. */
  public @Nullable MergePatch object(String field, Set<String> known) {
    if (!body.has(field)) {
      return null;
    }
    if (!(body.get(field) instanceof ObjectNode object)) {
      throw wrong(field, "an object");
    }
    return new MergePatch(object, known, prefix + field + ".");
  }

  /**
   * A list of objects, which a patch replaces as a whole; null resets it to the empty one.
   *
   * @param known the members that may be in each
   * @return null where the list stays
   */
  public @Nullable List<MergePatch> objects(String field, Set<String> known) {
    JsonNode node = body.get(field);
    if (node == null) {
      return null;
    }
    if (node.isNull()) {
      return List.of();
    }
    if (!node.isArray()) {
      throw wrong(field, "a list of objects");
    }
    List<MergePatch> objects = new ArrayList<>();
    for (JsonNode item : node) {
      if (!(item instanceof ObjectNode object)) {
        throw wrong(field, "a list of objects");
      }
      objects.add(new MergePatch(object, known, prefix + field + "[" + objects.size() + "]."));
    }
    return objects;
  }

  public @Nullable String text(String field, @Nullable String current) {
    JsonNode node = body.get(field);
    if (node == null) {
      return current;
    }
    if (node.isNull()) {
      return null;
    }
    if (!node.isString()) {
      throw wrong(field, "a string");
    }
    return node.stringValue();
  }

  /** As {@link #text}, of something that cannot be absent. */
  public String requiredText(String field, String current) {
    String value = text(field, current);
    if (value == null) {
      throw wrong(field, "a string, and cannot be null");
    }
    return value;
  }

  public boolean flag(String field, boolean current) {
    JsonNode node = body.get(field);
    if (node == null) {
      return current;
    }
    if (!node.isBoolean()) {
      throw wrong(field, "true or false");
    }
    return node.booleanValue();
  }

  public @Nullable Integer number(String field, @Nullable Integer current) {
    JsonNode node = body.get(field);
    if (node == null) {
      return current;
    }
    if (node.isNull()) {
      return null;
    }
    if (!node.isInt()) {
      throw wrong(field, "a whole number");
    }
    return node.intValue();
  }

  /** As {@link #number}, of what may be large. */
  public @Nullable Long wholeNumber(String field, @Nullable Long current) {
    JsonNode node = body.get(field);
    if (node == null) {
      return current;
    }
    if (node.isNull()) {
      return null;
    }
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw wrong(field, "a whole number");
    }
    return node.longValue();
  }

  public @Nullable Double decimal(String field, @Nullable Double current) {
    JsonNode node = body.get(field);
    if (node == null) {
      return current;
    }
    if (node.isNull()) {
      return null;
    }
    if (!node.isNumber()) {
      throw wrong(field, "a number");
    }
    return node.doubleValue();
  }

  /** A list, which a patch replaces as a whole; null resets it to the empty one. */
  public List<String> texts(String field, List<String> current) {
    JsonNode node = body.get(field);
    if (node == null) {
      return current;
    }
    if (node.isNull()) {
      return List.of();
    }
    if (!node.isArray()) {
      throw wrong(field, "a list of strings");
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode item : node) {
      if (!item.isString()) {
        throw wrong(field, "a list of strings");
      }
      texts.add(item.stringValue());
    }
    return texts;
  }

  /** A map, which a patch merges member by member; null resets it to the empty one. */
  public Map<String, String> map(String field, Map<String, String> current) {
    JsonNode node = body.get(field);
    if (node == null) {
      return current;
    }
    if (node.isNull()) {
      return Map.of();
    }
    if (!(node instanceof ObjectNode object)) {
      throw wrong(field, "an object of strings");
    }
    Map<String, String> merged = new TreeMap<>(current);
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      if (member.getValue().isNull()) {
        merged.remove(member.getKey());
      } else if (member.getValue().isString()) {
        merged.put(member.getKey(), member.getValue().stringValue());
      } else {
        throw wrong(field, "an object of strings");
      }
    }
    return merged;
  }

  private ProblemException wrong(String field, String expected) {
    return refused(field, "must be " + expected, null);
  }

  private ProblemException refused(String field, String why, @Nullable Set<String> allowed) {
    List<String> choices = allowed == null ? null : allowed.stream().sorted().toList();
    return new ProblemException(
            RestError.VALIDATION_FAILED,
            prefix
                + field
                + " "
                + why
                + (choices == null ? "." : "; what can be is " + String.join(", ", choices) + "."))
        .with("errors", List.of(new InvalidField(prefix + field, why, choices)));
  }
}
