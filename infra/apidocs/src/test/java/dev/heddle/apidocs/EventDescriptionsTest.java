package dev.heddle.apidocs;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.heddle.apidocs.GoldenSamples.Sample;
import dev.heddle.contracts.Topic;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.Traffic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/** The descriptions of the wire under docs/api are what the records and {@link Traffic} say. */
@Tag("apidocs")
class EventDescriptionsTest {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .disable(YAMLWriteFeature.SPLIT_LINES, YAMLWriteFeature.WRITE_DOC_START_MARKER)
          .enable(
              YAMLWriteFeature.MINIMIZE_QUOTES,
              YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS,
              YAMLWriteFeature.LITERAL_BLOCK_STYLE)
          .build();
  private static final SourceDocs DOCS = SourceDocs.of("infra/contracts");
  private static final WireSchemas SCHEMAS = new WireSchemas(DOCS);
  private static final ObjectNode DOCUMENT =
      new AsyncApi(DOCS, SCHEMAS, GoldenSamples::of).document();

  @Test
  void theEventDescriptionIsCommitted() {
    CommittedFile.at("docs/api/asyncapi.yaml").mustBe(YAML.writeValueAsString(DOCUMENT));
  }

  @TestFactory
  Stream<DynamicTest> theSchemaIsCommittedOf() {
    return GoldenSamples.roots().stream()
        .map(root ->
            DynamicTest.dynamicTest(
                root.getSimpleName(),
                () ->
                    CommittedFile.at("docs/api/schemas/" + root.getSimpleName() + ".json")
                        .mustBe(JSON.writeValueAsString(schema(root)) + "\n")));
  }

  @Test
  void noSchemaIsLeftOfATypeThatIsGone() throws IOException {
    try (Stream<Path> files = Files.list(CommittedFile.root().resolve("docs/api/schemas"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              GoldenSamples.roots().stream().map(root -> root.getSimpleName() + ".json").toList());
    }
  }

  @TestFactory
  Stream<DynamicTest> theSampleFitsItsSchema() {
    SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7);
    return GoldenSamples.all().stream()
        .map(sample ->
            DynamicTest.dynamicTest(
                sample.toString(),
                () ->
                    assertThat(
                            registry
                                .getSchema(schema(sample.root()))
                                .validate(
                                    sample.json(),
                                    run ->
                                        run.executionConfig(
                                            config -> config.formatAssertionsEnabled(true))))
                        .isEmpty()));
  }

  @Test
  void theSchemaRefusesWhatIsNoRecord() {
    SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7);
    for (Sample sample : GoldenSamples.all()) {
      ObjectNode without = sample.json();
      String first = without.propertyNames().iterator().next();
      without.remove(first);
      assertThat(registry.getSchema(schema(sample.root())).validate(without))
          .as("%s without its %s", sample, first)
          .isNotEmpty();
    }
  }

  @Test
  void everyTopicHasAChannelAndEveryRecordAMessage() {
    assertThat(Traffic.ALL)
        .extracting(Traffic::topic)
        .containsExactlyInAnyOrderElementsOf(Topics.ALL);
    assertThat(DOCUMENT.path("channels").propertyNames())
        .containsExactlyInAnyOrderElementsOf(Topics.ALL.stream().map(Topic::name).toList());
    assertThat(DOCUMENT.path("components").path("messages").propertyNames())
        .containsExactlyInAnyOrderElementsOf(
            Traffic.ALL.stream()
                .flatMap(traffic -> AsyncApi.kinds(traffic.record()).stream())
                .map(AsyncApi::messageName)
                .toList());
  }

  @Test
  void everyReferenceLeadsSomewhereAndNothingIsLeftUnused() {
    Set<String> references = new TreeSet<>();
    collectReferences(DOCUMENT, references);

    assertThat(references)
        .allSatisfy(reference ->
            assertThat(DOCUMENT.at(pointer(reference)).isMissingNode()).as(reference).isFalse());
    Set<String> defined =
        DOCUMENT.path("components").path("schemas").propertyNames().stream()
            .map(name -> "#/components/schemas/" + name)
            .collect(Collectors.toSet());
    defined.removeAll(
        Traffic.ALL.stream()
            .map(traffic -> "#/components/schemas/" + WireSchemas.name(traffic.record()))
            .toList());
    assertThat(references).containsAll(defined);
  }

  @Test
  void everyRecordSaysWhatItIs() {
    List<String> silent = new ArrayList<>();
    DOCUMENT
        .path("components")
        .path("schemas")
        .properties()
        .forEach(entry -> {
          if (entry.getValue().path("description").asString("").isEmpty()) {
            silent.add(entry.getKey());
          }
        });
    assertThat(silent).isEmpty();
  }

  /** One type with all that it needs, for tools that know nothing of channels. */
  private static ObjectNode schema(Class<?> root) {
    ObjectNode schema = JSON.createObjectNode();
    schema.put("$schema", "http://json-schema.org/draft-07/schema#");
    schema.put("title", root.getSimpleName());
    schema.putArray("allOf").addObject().put("$ref", "#/definitions/" + root.getSimpleName());
    schema.set("definitions", SCHEMAS.definitions(List.of(root), "definitions"));
    return schema;
  }

  private static void collectReferences(JsonNode node, Set<String> found) {
    if (node.isObject() && node.path("$ref").isString()) {
      found.add(node.path("$ref").asString());
    }
    node.forEach(child -> collectReferences(child, found));
  }

  private static String pointer(String reference) {
    assertThat(reference).startsWith("#/");
    return reference.substring(1);
  }
}
