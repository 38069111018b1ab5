package dev.heddle.apidocs;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.springdoc.webmvc.api.OpenApiWebMvcResource;
import org.springframework.context.ApplicationContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The OpenAPI description of the service that a test has started. */
public final class OpenApiDescription {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final ApplicationContext service;
  private final ObjectNode document;

  private OpenApiDescription(ApplicationContext service, ObjectNode document) {
    this.service = service;
    this.document = document;
  }

  /** Describes a service as it has started. */
  public static OpenApiDescription of(ApplicationContext service) {
    try {
      byte[] json =
          service
              .getBean(OpenApiWebMvcResource.class)
              .openapiJson(new MockHttpServletRequest(), "", Locale.ROOT);
      String text = new String(json, StandardCharsets.UTF_8);
      return new OpenApiDescription(service, (ObjectNode) sorted(JSON.readTree(text)));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Requires the committed description of the service to be this one, or writes that.
   *
   * @throws AssertionError saying how to regenerate it
   */
  public void mustBeCommitted() {
    String name = service.getEnvironment().getRequiredProperty("spring.application.name");
    CommittedFile.at("docs/api/" + name + ".json").mustBe(JSON.writeValueAsString(document) + "\n");
  }

  /**
   * What is missing or dead in it: a mapping that it does not describe, an operation without a
   * summary, a parameter without a description, a code that no operation names, a reference that
   * leads nowhere. Empty when all is well.
   *
   * @param basePackage of the service, where its codes are declared
   */
  public List<String> gaps(String basePackage) {
    List<String> gaps = new ArrayList<>();
    Set<String> described = new TreeSet<>();
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
        String name = method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey();
        described.add(name);
        gaps(name, method.getValue(), gaps);
      }
    }
    Set<String> mapped = mapped();
    mapped.stream().filter(name -> !described.contains(name)).forEach(gaps::add);
    described.stream()
        .filter(name -> !mapped.contains(name))
        .forEach(name -> gaps.add(name + " is described and does not exist"));
    String text = document.toString();
    new ProblemCodes()
        .declaredIn(basePackage).keySet().stream()
            .filter(code -> !text.contains("`" + code + "`"))
            .forEach(code -> gaps.add("no operation says that it refuses with " + code));
    for (JsonNode reference : document.findValues("$ref")) {
      if (document.at(reference.asString().substring(1)).isMissingNode()) {
        gaps.add(reference.asString() + " leads nowhere");
      }
    }
    return gaps;
  }

  private static void gaps(String name, JsonNode operation, List<String> gaps) {
    if (operation.path("summary").asString("").isEmpty()) {
      gaps.add(name + " has no summary");
    }
    for (JsonNode parameter : operation.path("parameters")) {
      if (parameter.path("description").asString("").isEmpty()) {
        gaps.add(name + " does not describe " + parameter.path("name").asString());
      }
    }
  }

  /** What the controllers of the service answer. */
  private Set<String> mapped() {
    Set<String> mapped = new TreeSet<>();
    var mappings =
        service
            .getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
            .getHandlerMethods();
    for (RequestMappingInfo info : mappings.keySet()) {
      for (String path : info.getPatternValues()) {
        if (path.startsWith("/api/")) {
          for (RequestMethod method : info.getMethodsCondition().getMethods()) {
            mapped.add(method + " " + path);
          }
        }
      }
    }
    return mapped;
  }

  /**
   * In one order, whatever order hash maps had; the fields of a record stay as it declares them.
   */
  private static JsonNode sorted(JsonNode node) {
    if (node instanceof ObjectNode object) {
      Map<String, JsonNode> members = new TreeMap<>();
      object
          .properties()
          .forEach(member ->
              members.put(
                  member.getKey(),
                  member.getKey().equals("properties")
                      ? asDeclared((ObjectNode) member.getValue())
                      : sorted(member.getValue())));
      ObjectNode ordered = JSON.createObjectNode();
      List.of("openapi", "info", "tags", "paths", "components").stream()
          .filter(members::containsKey)
          .forEach(first -> ordered.set(first, members.remove(first)));
      members.forEach(ordered::set);
      return ordered;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode ordered = JSON.createArrayNode();
      array.forEach(item -> ordered.add(sorted(item)));
      return ordered;
    }
    return node;
  }

  private static ObjectNode asDeclared(ObjectNode properties) {
    ObjectNode ordered = JSON.createObjectNode();
    properties.properties().forEach(field -> ordered.set(field.getKey(), sorted(field.getValue())));
    return ordered;
  }
}
