package dev.heddle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.apidocs.CommittedFile;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

@Tag("apidocs")
class MergedDescriptionTest {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  @Test
  void theMergedDescriptionIsCommitted() {
    CommittedFile.at("docs/api/openapi.json")
        .mustBe(JSON.writeValueAsString(new MergedDescription().document()) + "\n");
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    JsonNode document = new MergedDescription().document();
    for (JsonNode reference : document.findValues("$ref")) {
      assertThat(document.at(reference.asString().substring(1)).isMissingNode())
          .as(reference.asString())
          .isFalse();
    }
  }

  @Test
  void everyOperationHasAnIdOfItsOwn() {
    assertThat(new MergedDescription().document().findValues("operationId"))
        .extracting(JsonNode::asString)
        .doesNotHaveDuplicates()
        .hasSize(new MergedDescription().operations().size() + MergedDescription.OWN.size());
  }

  @Test
  void everyOperationOfAServiceIsThere() {
    JsonNode paths = new MergedDescription().document().path("paths");
    TreeSet<String> described = new TreeSet<>();
    paths
        .properties()
        .forEach(path ->
            path.getValue()
                .propertyNames()
                .forEach(method ->
                    described.add(
                        method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey())));

    assertThat(described)
        .containsAll(new MergedDescription().operations().stream().map(Object::toString).toList());
  }
}
