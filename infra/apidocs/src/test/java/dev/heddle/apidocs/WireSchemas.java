package dev.heddle.apidocs;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.JsonValue;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaBuilder;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.generator.naming.DefaultSchemaDefinitionNamingStrategy;
import dev.heddle.contracts.Topic;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON schemas of the records, as their Jackson annotations and their Javadoc have them. A field is
 * required unless it is {@code @Nullable}; a field that is not listed is allowed, since the next
 * version may send it.
 */
final class WireSchemas {

  private final SourceDocs docs;
  private final SchemaGenerator generator;
  private final Map<String, Class<?>> named = new HashMap<>();

  WireSchemas(SourceDocs docs) {
    this.docs = docs;
    SchemaGeneratorConfigBuilder config =
        new SchemaGeneratorConfigBuilder(SchemaVersion.DRAFT_7, OptionPreset.PLAIN_JSON)
            .with(
                Option.DEFINITIONS_FOR_ALL_OBJECTS,
                Option.PLAIN_DEFINITION_KEYS,
                Option.EXTRA_OPEN_API_FORMAT_VALUES)
            .without(Option.SCHEMA_VERSION_INDICATOR);
    config
        .forTypesInGeneral()
        .withCustomDefinitionProvider(this::definition)
        .withDescriptionResolver(scope -> description(scope.getType().getErasedType()))
        .withDefinitionNamingStrategy(new Names())
        // As they are declared, which is the order that makes sense to people.
        .withPropertySorter((_, _) -> 0);
    config
        .forFields()
        .withRequiredCheck(field -> !isNullable(field))
        .withDescriptionResolver(this::description);
    this.generator = new SchemaGenerator(config.build());
  }

  /** The definitions of some types and of all that they use, by their names. */
  ObjectNode definitions(Collection<Class<?>> types, String path) {
    SchemaBuilder builder = generator.buildMultipleSchemaDefinitions();
    types.forEach(builder::createSchemaReference);
    ObjectNode definitions = builder.collectDefinitions(path);
    definitions
        .properties()
        .forEach(entry -> {
          Class<?> type = named.get(entry.getKey());
          if (type != null && entry.getValue() instanceof ObjectNode definition) {
            discriminate(type, definition);
          }
        });
    return definitions;
  }

  /** What a type is called in definitions: {@code SessionRequest.RunRequested}. */
  static String name(Class<?> type) {
    Class<?> outer = type.getDeclaringClass();
    return outer == null ? type.getSimpleName() : name(outer) + "." + type.getSimpleName();
  }

  /** The property that tells the kinds of a sealed type apart, {@code type} or {@code kind}. */
  static String discriminator(Class<?> sealed) {
    return sealed.getAnnotation(JsonTypeInfo.class).property();
  }

  /** What a kind is called on the wire; null for a type that is not one of several. */
  static @Nullable String wireType(Class<?> type) {
    JsonTypeName name = type.getAnnotation(JsonTypeName.class);
    return name == null ? null : name.value();
  }

  private @Nullable CustomDefinition definition(
      ResolvedType resolved, SchemaGenerationContext context) {
    Class<?> type = resolved.getErasedType();
    if (type.isEnum()) {
      ObjectNode node = context.getGeneratorConfig().createObjectNode().put("type", "string");
      ArrayNode values = node.putArray("enum");
      constants(type).forEach(constant -> values.add(wire(constant)));
      return new CustomDefinition(node);
    }
    if (type.isRecord() && type.getRecordComponents().length == 1) {
      RecordComponent only = type.getRecordComponents()[0];
      if (only.getAccessor().isAnnotationPresent(JsonValue.class)) {
        return new CustomDefinition(
            context.createDefinition(context.getTypeContext().resolve(only.getType())));
      }
    }
    if (type == Map.class) {
      ObjectNode node = context.getGeneratorConfig().createObjectNode().put("type", "object");
      node.set(
          "additionalProperties",
          context.createDefinition(resolved.typeParametersFor(Map.class).get(1)));
      return new CustomDefinition(
          node, CustomDefinition.INLINE_DEFINITION, CustomDefinition.INCLUDING_ATTRIBUTES);
    }
    if (type.isSealed()) {
      ObjectNode node = context.getGeneratorConfig().createObjectNode();
      ArrayNode kinds = node.putArray("oneOf");
      for (Class<?> kind : type.getPermittedSubclasses()) {
        kinds.add(
            context.createDefinitionReference(
                context.getTypeContext().resolveSubtype(resolved, kind)));
      }
      return new CustomDefinition(node);
    }
    return null;
  }

  /** Adds the property that a kind is known by, before all others. */
  private static void discriminate(Class<?> type, ObjectNode definition) {
    String value = wireType(type);
    if (value == null) {
      return;
    }
    String property = discriminator(type.getInterfaces()[0]);
    ObjectNode rest =
        definition.get("properties") instanceof ObjectNode had ? had : definition.objectNode();
    ObjectNode properties = definition.putObject("properties");
    properties.putObject(property).put("const", value);
    properties.setAll(rest);
    List<String> required = new ArrayList<>(List.of(property));
    definition.path("required").forEach(name -> required.add(name.asString()));
    ArrayNode names = definition.putArray("required");
    required.forEach(names::add);
  }

  private static boolean isNullable(FieldScope field) {
    return component(field).getAnnotatedType().isAnnotationPresent(Nullable.class);
  }

  private @Nullable String description(FieldScope field) {
    String said =
        docs.ofComponent(field.getDeclaringType().getErasedType(), field.getDeclaredName());
    return said.isEmpty() ? null : said;
  }

  private static RecordComponent component(FieldScope field) {
    return Arrays.stream(field.getDeclaringType().getErasedType().getRecordComponents())
        .filter(component -> component.getName().equals(field.getDeclaredName()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no component of a record: " + field));
  }

  private @Nullable String description(Class<?> type) {
    StringBuilder text = new StringBuilder(docs.of(type).text());
    if (type.isEnum()) {
      for (Enum<?> constant : constants(type)) {
        String said = docs.of(constant).text();
        if (!said.isEmpty()) {
          text.append("\n- `").append(wire(constant)).append("`: ").append(said);
        }
      }
    }
    return text.isEmpty() ? null : text.toString();
  }

  private static List<Enum<?>> constants(Class<?> type) {
    return Arrays.<Enum<?>>asList((Enum<?>[]) type.getEnumConstants());
  }

  private static String wire(Enum<?> constant) {
    try {
      return constant
          .getDeclaringClass()
          .getField(constant.name())
          .getAnnotation(JsonProperty.class)
          .value();
    } catch (NoSuchFieldException e) {
      throw new AssertionError(e);
    }
  }

  private final class Names extends DefaultSchemaDefinitionNamingStrategy {
    @Override
    public String getDefinitionNameForKey(
        com.github.victools.jsonschema.generator.impl.DefinitionKey key,
        SchemaGenerationContext context) {
      Class<?> type = key.getType().getErasedType();
      if (type.getPackage() != Topic.class.getPackage()) {
        return super.getDefinitionNameForKey(key, context);
      }
      named.put(name(type), type);
      return name(type);
    }
  }
}
