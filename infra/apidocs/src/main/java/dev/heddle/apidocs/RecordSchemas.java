package dev.heddle.apidocs;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.databind.JavaType;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.util.Json;
import io.swagger.v3.oas.models.media.Discriminator;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows which schema describes which record, so that {@code @Nullable} says what may be absent or
 * null, and describes a sealed type as one of its kinds.
 */
final class RecordSchemas implements ModelConverter {

  private static final String REFERENCE = "#/components/schemas/";

  private final Supplier<SourceDocs> docs;
  private final Map<String, Class<?>> records = new ConcurrentHashMap<>();

  RecordSchemas(Supplier<SourceDocs> docs) {
    this.docs = docs;
  }

  @Override
  public @Nullable Schema<?> resolve(
      AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> chain) {
    Class<?> raw = rawClass(type);
    if (raw != null && raw.isSealed() && raw.isAnnotationPresent(JsonTypeInfo.class)) {
      return oneOfItsKinds(raw, context);
    }
    Schema<?> schema = chain.hasNext() ? chain.next().resolve(type, context, chain) : null;
    if (raw != null && raw.isRecord() && schema != null) {
      String name = schema.get$ref() == null ? schema.getName() : schema.get$ref();
      if (name != null) {
        records.put(name.substring(name.lastIndexOf('/') + 1), raw);
      }
    }
    return schema;
  }

  private static @Nullable Class<?> rawClass(AnnotatedType type) {
    if (type.getType() == null) {
      return null;
    }
    JavaType java = Json.mapper().constructType(type.getType());
    return java.getRawClass();
  }

  private Schema<?> oneOfItsKinds(Class<?> sealed, ModelConverterContext context) {
    String property = sealed.getAnnotation(JsonTypeInfo.class).property();
    Schema<?> all = new Schema<>();
    all.setName(sealed.getSimpleName());
    Discriminator discriminator = new Discriminator().propertyName(property);
    for (Class<?> kind : sealed.getPermittedSubclasses()) {
      String name = sealed.getSimpleName() + "." + kind.getSimpleName();
      String wire = kind.getAnnotation(JsonTypeName.class).value();
      Schema<?> described =
          context.resolve(new AnnotatedType(kind).resolveAsRef(false).skipOverride(true));
      context.defineModel(name, kindOf(property, wire, described), kind, kind.getSimpleName());
      records.put(name, kind);
      all.addOneOfItem(new Schema<>().$ref(REFERENCE + name));
      discriminator.mapping(wire, REFERENCE + name);
    }
    all.setDiscriminator(discriminator);
    all.setDescription(docs.get().of(sealed).text());
    context.defineModel(sealed.getSimpleName(), all, sealed, null);
    return new Schema<>().$ref(REFERENCE + sealed.getSimpleName());
  }

  @SuppressWarnings("rawtypes") // as swagger-core has it
  private static Schema<?> kindOf(String property, String wire, Schema<?> described) {
    Map<String, Schema> properties = new LinkedHashMap<>();
    Schema<String> tag = new Schema<>();
    tag.setTypes(Set.of("string"));
    tag.setConst(wire);
    properties.put(property, tag);
    if (described.getProperties() != null) {
      properties.putAll(described.getProperties());
    }
    Schema<?> kind = new Schema<>();
    kind.setTypes(Set.of("object"));
    kind.setDescription(described.getDescription());
    kind.setProperties(properties);
    kind.addRequiredItem(property);
    return kind;
  }

  /**
   * Says of what clients send, what they must send; and of what they get, what is always there and
   * what may be null.
   *
   * @param sent the names of the schemas that are part of a request
   */
  @SuppressWarnings({"rawtypes", "unchecked"}) // as swagger-core has it
  void finish(Map<String, Schema> schemas, Set<String> sent) {
    schemas.forEach((name, schema) -> {
      Class<?> type = records.get(name);
      if (type != null && schema.getProperties() != null) {
        describe(type, schema);
        if (!sent.contains(name)) {
          received(type, schema);
        } else if (isPatch(type)) {
          ((Map<String, Schema>) schema.getProperties()).replaceAll((_, field) -> orNull(field));
        }
      }
    });
  }

  /** In a merge patch null is a value: it resets. */
  private static boolean isPatch(Class<?> type) {
    Class<?> outer = type.getDeclaringClass();
    return type.getSimpleName().endsWith("Patch") || (outer != null && isPatch(outer));
  }

  @SuppressWarnings({"rawtypes", "unchecked"}) // as swagger-core has it
  private void describe(Class<?> type, Schema schema) {
    if (schema.getDescription() == null) {
      String text = docs.get().of(type).text();
      schema.setDescription(text.isEmpty() ? null : text);
    }
    Map<String, Schema> properties = schema.getProperties();
    for (RecordComponent component : type.getRecordComponents()) {
      if (component.getAccessor().isAnnotationPresent(JsonAnyGetter.class)) {
        properties.remove(component.getName());
        schema.setAdditionalProperties(true);
      }
      Schema<?> property = properties.get(nameOf(component));
      String text = docs.get().ofComponent(type, component.getName());
      if (property != null && property.getDescription() == null && !text.isEmpty()) {
        property.setDescription(text);
      }
    }
  }

  private static String nameOf(RecordComponent component) {
    JsonProperty renamed = component.getAccessor().getAnnotation(JsonProperty.class);
    return renamed == null ? component.getName() : renamed.value();
  }

  @SuppressWarnings({"rawtypes", "unchecked"}) // as swagger-core has it
  private static void received(Class<?> type, Schema schema) {
    JsonInclude inclusion = type.getAnnotation(JsonInclude.class);
    // What comes from the wire is as it was there, where nulls are left out.
    boolean leavesNullsOut =
        type.isAnnotationPresent(JsonTypeName.class)
            || (inclusion != null && inclusion.value() == JsonInclude.Include.NON_NULL);
    Map<String, Schema> properties = schema.getProperties();
    Set<String> required = new LinkedHashSet<>();
    if (schema.getRequired() != null) {
      required.addAll(schema.getRequired());
    }
    for (RecordComponent component : type.getRecordComponents()) {
      String name = nameOf(component);
      Schema<?> property = properties.get(name);
      if (property == null) {
        continue;
      }
      boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
      if (!nullable || !leavesNullsOut) {
        required.add(name);
      }
      if (nullable && !leavesNullsOut) {
        properties.put(name, orNull(property));
      }
    }
    schema.setRequired(new ArrayList<>(required));
  }

  private static Schema<?> orNull(Schema<?> property) {
    Schema<?> nothing = new Schema<>();
    nothing.setTypes(Set.of("null"));
    if (property.get$ref() != null) {
      Schema<?> either = new Schema<>();
      either.setDescription(property.getDescription());
      property.setDescription(null);
      either.setAnyOf(List.of(property, nothing));
      return either;
    }
    if (property.getTypes() != null) {
      Set<String> types = new LinkedHashSet<>(property.getTypes());
      types.add("null");
      property.setTypes(types);
      allowNullAmongValues(property);
    }
    return property;
  }

  /** An enum lists everything that may be there, null too. */
  @SuppressWarnings("unchecked") // a schema of whatever its values are
  private static void allowNullAmongValues(Schema<?> property) {
    if (property.getEnum() != null) {
      List<Object> values = new ArrayList<>(property.getEnum());
      values.add(null);
      ((Schema<Object>) property).setEnum(values);
    }
  }
}
