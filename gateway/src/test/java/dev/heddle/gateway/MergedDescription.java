package dev.heddle.gateway;

import dev.heddle.apidocs.CommittedFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** One description made of those of the services, with what the gateway adds to each operation. */
final class MergedDescription {

  static final List<String> SERVICES =
      List.of("thread-service", "session-service", "trace-service");

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String SCHEMAS = "#/components/schemas/";

  /** What a client may ask for; anything else of a service is for its operators. */
  private static final String PUBLIC = "/api/";

  /** Operations that the gateway answers by itself. */
  static final List<String> OWN = List.of("docs", "metrics");

  /** An operation of a service. */
  record Operation(String service, String method, String path) {
    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  private final Map<String, ObjectNode> services = new LinkedHashMap<>();

  MergedDescription() {
    for (String service : SERVICES) {
      String text = CommittedFile.at("docs/api/" + service + ".json").text();
      services.put(service, (ObjectNode) JSON.readTree(text));
    }
    tellNamesakesApart();
  }

  /** Everything that the services describe for clients. */
  List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    services.forEach((service, document) -> {
      for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
        if (path.getKey().startsWith(PUBLIC)) {
          for (String method : path.getValue().propertyNames()) {
            operations.add(new Operation(service, method.toUpperCase(Locale.ROOT), path.getKey()));
          }
        }
      }
    });
    return operations;
  }

  ObjectNode document() {
    ObjectNode merged = JSON.createObjectNode();
    merged.put("openapi", services.values().iterator().next().path("openapi").asString());
    merged
        .putObject("info")
        .put("title", "Heddle")
        .put("version", "1")
        .put(
            "description",
            """
            Runs coding agents on many machines for a team. Every request carries a token as
            `Authorization: Bearer TOKEN`; on one machine that is the content of the file `token`
            in Heddle's home. Failures are problem details (RFC 9457) with a stable `code`. Lists
            come in pages: send `nextCursor` as `cursor` for the next one.\
            """)
        .putObject("license")
        .put("name", "Apache-2.0")
        .put("url", "https://www.apache.org/licenses/LICENSE-2.0");
    merged.putArray("servers").addObject().put("url", "/");
    Map<String, JsonNode> paths = new TreeMap<>();
    Map<String, JsonNode> schemas = new TreeMap<>();
    paths.put(
        ApiDocs.PATH,
        ownOperation(
            "docs",
            "Docs",
            "Describes every operation that there is, as this document.",
            "An OpenAPI 3.1 document.",
            JSON.createObjectNode().put("type", "object")));
    paths.put(
        Metrics.PATH,
        ownOperation(
            "metrics",
            "Metrics",
            "Tells what the services count and measure, for charts.",
            "Figures of one moment, a second old at most.",
            JSON.createObjectNode().put("$ref", SCHEMAS + "MetricsReading")));
    schemas.put("MetricsReading", reading());
    for (ObjectNode document : services.values()) {
      document.path("paths").properties().stream()
          .filter(path -> path.getKey().startsWith(PUBLIC))
          .forEach(path -> mergePath(paths, path.getKey(), (ObjectNode) path.getValue()));
      document
          .path("components")
          .path("schemas")
          .properties()
          .forEach(schema -> schemas.put(schema.getKey(), schema.getValue()));
      merged.set("security", document.get("security"));
    }
    paths.values().forEach(MergedDescription::addWhatTheGatewayAnswers);
    ObjectNode allPaths = merged.putObject("paths");
    paths.forEach(allPaths::set);
    ObjectNode components = merged.putObject("components");
    ObjectNode allSchemas = components.putObject("schemas");
    schemas.forEach(allSchemas::set);
    components.set(
        "securitySchemes",
        services.values().iterator().next().path("components").path("securitySchemes"));
    return merged;
  }

  private static void mergePath(Map<String, JsonNode> paths, String path, ObjectNode item) {
    if (paths.putIfAbsent(path, item) instanceof ObjectNode had) {
      for (Map.Entry<String, JsonNode> method : item.properties()) {
        if (had.has(method.getKey())) {
          throw new AssertionError("two services answer %s %s".formatted(method.getKey(), path));
        }
        had.set(method.getKey(), method.getValue());
      }
    }
  }

  /** Two services may call different things the same; here each then carries its service's name. */
  private void tellNamesakesApart() {
    for (String name = differs(); name != null; name = differs()) {
      String shared = name;
      services.forEach((service, document) -> rename(document, shared, stem(service) + shared));
    }
  }

  /**
   * A name that means different things; whoever refers to it differs only once it is told apart.
   */
  private @Nullable String differs() {
    Map<String, JsonNode> seen = new TreeMap<>();
    for (ObjectNode document : services.values()) {
      for (Map.Entry<String, JsonNode> schema :
          document.path("components").path("schemas").properties()) {
        JsonNode had = seen.putIfAbsent(schema.getKey(), schema.getValue());
        if (had != null && !had.equals(schema.getValue())) {
          return schema.getKey();
        }
      }
    }
    return null;
  }

  private static String stem(String service) {
    String word = service.substring(0, service.indexOf('-'));
    return Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }

  private static void rename(ObjectNode document, String name, String newName) {
    ObjectNode schemas = (ObjectNode) document.path("components").path("schemas");
    JsonNode schema = schemas.remove(name);
    if (schema != null) {
      schemas.set(newName, schema);
      redirect(document, SCHEMAS + name, SCHEMAS + newName);
    }
  }

  private static void redirect(JsonNode node, String from, String to) {
    if (node instanceof ObjectNode object && object.path("$ref").asString("").equals(from)) {
      object.put("$ref", to);
    }
    if (node.path("mapping") instanceof ObjectNode mapping) {
      mapping.properties().stream()
          .filter(entry -> entry.getValue().asString("").equals(from))
          .map(Map.Entry::getKey)
          .toList()
          .forEach(key -> mapping.put(key, to));
    }
    node.forEach(child -> redirect(child, from, to));
  }

  private static void addWhatTheGatewayAnswers(JsonNode path) {
    for (JsonNode operation : path) {
      boolean own = OWN.contains(operation.path("operationId").asString());
      ObjectNode responses = (ObjectNode) operation.path("responses");
      add(responses, GatewayError.RATE_LIMITED);
      if (!own) {
        add(responses, GatewayError.UPSTREAM_FAILED);
        add(responses, GatewayError.UPSTREAM_UNAVAILABLE);
        add(responses, GatewayError.UPSTREAM_TIMEOUT);
      }
      if (responses.path("200").path("content").has("text/event-stream")) {
        add(responses, GatewayError.TOO_MANY_STREAMS);
      }
    }
  }

  private static void add(ObjectNode responses, GatewayError error) {
    String status = String.valueOf(error.status().value());
    String line = "- `%s`: %s".formatted(error.code(), error.title());
    if (responses.get(status) instanceof ObjectNode had) {
      had.put("description", had.path("description").asString() + "\n" + line);
    } else {
      problem(responses.putObject(status), line);
    }
  }

  private static void problem(ObjectNode response, String description) {
    response
        .put("description", description)
        .putObject("content")
        .putObject("application/problem+json")
        .putObject("schema")
        .put("$ref", SCHEMAS + "Problem");
  }

  private static ObjectNode ownOperation(
      String id, String tag, String summary, String answer, ObjectNode schema) {
    ObjectNode path = JSON.createObjectNode();
    ObjectNode operation = path.putObject("get");
    operation.put("operationId", id).put("summary", summary);
    operation.putArray("tags").add(tag);
    ObjectNode responses = operation.putObject("responses");
    responses
        .putObject("200")
        .put("description", answer)
        .putObject("content")
        .putObject("application/json")
        .set("schema", schema);
    problem(responses.putObject("401"), "- `unauthenticated`: A valid token is required");
    return path;
  }

  /** {@link MetricsReader.Reading} as clients see it. */
  private static JsonNode reading() {
    return JSON.readTree(
        """
        {
          "type": "object",
          "description": "What the services tell of themselves. Workers are not asked: the gateway does not know where they listen.",
          "required": ["at", "samples", "silent"],
          "properties": {
            "at": {
              "type": "string",
              "format": "date-time",
              "description": "when the services were asked"
            },
            "samples": {
              "type": "array",
              "description": "figures as Prometheus would read them, counted since each process started; docs/metrics.md says what they mean",
              "items": {
                "type": "object",
                "required": ["service", "replica", "name", "labels", "value"],
                "properties": {
                  "service": {"type": "string"},
                  "replica": {
                    "type": "integer",
                    "format": "int32",
                    "description": "which process of the service, from 0"
                  },
                  "name": {"type": "string", "description": "begins with `heddle_`"},
                  "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                  "value": {"type": "number", "format": "double"}
                }
              }
            },
            "silent": {
              "type": "array",
              "description": "processes that did not answer: their figures are missing, not zero",
              "items": {
                "type": "object",
                "required": ["service", "replica"],
                "properties": {
                  "service": {"type": "string"},
                  "replica": {
                    "type": "integer",
                    "format": "int32",
                    "description": "which process of the service, from 0"
                  }
                }
              }
            }
          }
        }
        """);
  }
}
