package dev.heddle.apidocs;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;

/** Completes a description when all of its operations are there. */
final class Finish implements GlobalOpenApiCustomizer {

  private static final String REFERENCE = "#/components/schemas/";

  private final RecordSchemas records;

  Finish(RecordSchemas records) {
    this.records = records;
  }

  @Override
  @SuppressWarnings("rawtypes") // as swagger-core has it
  public void customise(OpenAPI api) {
    api.setServers(null);
    api.setTags(null);
    Map<String, Schema> schemas = api.getComponents().getSchemas();
    Set<String> sent = new LinkedHashSet<>();
    for (PathItem path : api.getPaths().values()) {
      for (Operation operation : path.readOperations()) {
        if (operation.getRequestBody() != null) {
          collect(operation.getRequestBody().getContent(), schemas, sent);
        }
      }
    }
    records.finish(schemas, sent);
    schemas.put("Problem", problem());
  }

  @SuppressWarnings("rawtypes") // as swagger-core has it
  private static void collect(Content content, Map<String, Schema> schemas, Set<String> found) {
    content.values().forEach(media -> collect(media.getSchema(), schemas, found));
  }

  @SuppressWarnings({"rawtypes", "unchecked"}) // as swagger-core has it
  private static void collect(Schema schema, Map<String, Schema> schemas, Set<String> found) {
    if (schema.get$ref() != null) {
      String name = schema.get$ref().substring(REFERENCE.length());
      if (found.add(name) && schemas.containsKey(name)) {
        collect(schemas.get(name), schemas, found);
      }
    }
    if (schema.getProperties() != null) {
      ((Map<String, Schema>) schema.getProperties())
          .values()
          .forEach(property -> collect(property, schemas, found));
    }
    if (schema.getItems() != null) {
      collect(schema.getItems(), schemas, found);
    }
  }

  private static Schema<?> problem() {
    Schema<?> invalidField =
        new ObjectSchema()
            .addProperty("field", text("Its path in the body, such as `steps[2].name`."))
            .addProperty("message", text("What is wrong, readable after the field's name."))
            .addProperty(
                "allowed",
                new ArraySchema()
                    .items(new StringSchema())
                    .description("What would be accepted, where it can be listed."))
            .description("A field that breaks a rule.");
    invalidField.setRequired(List.of("field", "message"));
    Schema<?> problem =
        new ObjectSchema()
            .addProperty("type", text("`about:blank`: the code says it."))
            .addProperty("title", text("What kind of failure this is, for people."))
            .addProperty("status", new IntegerSchema().description("The status of the response."))
            .addProperty("detail", text("What was wrong with which input, and what to do."))
            .addProperty("instance", text("The path of the request."))
            .addProperty("code", text("What kind of failure this is, for programs; stable."))
            .addProperty(
                "errors",
                new ArraySchema()
                    .items(invalidField)
                    .description("Each field that breaks a rule, with `validation_failed`."));
    problem.setRequired(List.of("type", "title", "status", "detail", "code"));
    problem.setDescription(
        "A refusal or a failure (RFC 9457). There may be more members, which the code explains.");
    problem.setExample(
        Map.of(
            "type", "about:blank",
            "title", "No such thread",
            "status", 404,
            "detail", "no thread has the id 0199a2c4-7d00-7abc-8def-0123456789ab",
            "instance", "/api/threads/0199a2c4-7d00-7abc-8def-0123456789ab",
            "code", "unknown_thread"));
    return problem;
  }

  private static Schema<String> text(String description) {
    Schema<String> schema = new StringSchema();
    schema.setDescription(description);
    return schema;
  }
}
