package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What {@code GET /api/docs} promises is what the running system does. */
class ApiDocsIT {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String NOBODY = "0199a2c4-7d00-7abc-8def-0123456789ab";

  private final HeddleSystem system = HeddleSystem.shared();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final JsonNode document = JSON.readTree(text("GET", "/api/docs"));

  private record Operation(String method, String path, JsonNode description) {
    String with(String id) {
      return with(Map.of(), id);
    }

    /** With these values of some variables, and the id for all others. */
    String with(Map<String, String> known, String id) {
      String filled = path;
      for (Map.Entry<String, String> one : known.entrySet()) {
        filled = filled.replace(one.getKey(), one.getValue());
      }
      return filled.replaceAll("\\{[^}]*}", id);
    }

    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  @Test
  void everyDescribedOperationExistsAndAnswersAsDescribed() {
    assertThat(operations()).hasSizeGreaterThan(20);
    assertThat(operations())
        .allSatisfy(operation -> {
          Answer answer = ask(operation.method(), operation.with(NOBODY));

          assertThat(answer.status()).as(operation.toString()).isNotIn(405, 500, 501);
          assertThat(answer.code()).as(operation.toString()).isNotEqualTo("not_found");
          assertThat(operation.description().path("responses").propertyNames())
              .as("%s answered %s", operation, answer)
              .contains(String.valueOf(answer.status()));
          if (answer.status() >= 400) {
            assertThat(operation.description().at("/responses/" + answer.status()).toString())
                .as("%s answered %s", operation, answer)
                .contains('`' + answer.code() + '`');
          }
        });
  }

  @Test
  void whatIsReadFitsItsSchema(@TempDir Path folder) throws Exception {
    Api api = new Api(system);
    String project = "docs-" + Long.toHexString(System.nanoTime());
    api.post(
            "api/projects",
            Map.of("name", project, "repository", BareRepository.in(folder).toString()))
        .expect(201);
    HeddleSystem.Dispatched run = system.dispatch(project, "echo hello | tee a.txt; exit 3");
    system.awaitStatus(run.session(), "failed");
    String checkpoint =
        await()
            .atMost(Duration.ofMinutes(1))
            .until(
                () -> api.list("api/threads/" + run.thread() + "/checkpoints"),
                found -> found.size() == 2)
            .getLast()
            .path("id")
            .asString();
    String machine =
        JSON.readTree(text("GET", "/api/machines")).path("items").path(0).path("id").asString();
    String followUp =
        system
            .gateway()
            .post(
                "api/threads/" + run.thread() + "/follow-ups",
                JSON.createObjectNode().put("text", "echo again"),
                null)
            .path("id")
            .asString();
    Map<String, String> ids =
        Map.of(
            "projects",
            project,
            "threads",
            run.thread(),
            "sessions",
            run.session(),
            "machines",
            machine);

    List<String> read = new ArrayList<>();
    for (Operation operation : operations()) {
      JsonNode schema =
          operation.description().at("/responses/200/content/application~1json/schema");
      String id = ids.get(operation.path().split("/", -1)[2]);
      if (operation.method().equals("GET") && schema.has("$ref") && id != null) {
        String path =
            operation.with(Map.of("{followUp}", followUp, "{checkpointId}", checkpoint), id);
        JsonNode body = JSON.readTree(text("GET", path));
        assertThat(errors(schema.path("$ref").asString(), body)).as(operation.toString()).isEmpty();
        read.add(operation.toString());
      }
    }
    assertThat(read)
        .contains(
            "GET /api/threads/{id}",
            "GET /api/threads/{id}/transcript",
            "GET /api/threads/{id}/follow-ups/{followUp}",
            "GET /api/threads/{id}/checkpoints/{checkpointId}/diff",
            "GET /api/sessions/{id}/events",
            "GET /api/machines/{id}",
            "GET /api/projects");
  }

  private List<String> errors(String reference, JsonNode body) {
    ObjectNode schema = JSON.createObjectNode().put("$ref", reference);
    schema.set("components", document.path("components"));
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(schema)
        .validate(body)
        .stream()
        .map(Object::toString)
        .toList();
  }

  private List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    document
        .path("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(method ->
                    operations.add(
                        new Operation(
                            method.getKey().toUpperCase(Locale.ROOT),
                            path.getKey(),
                            method.getValue()))));
    return operations;
  }

  private record Answer(int status, String code) {}

  /** A stream stays open, so only what comes first is read. */
  private Answer ask(String method, String path) {
    HttpResponse<InputStream> response = send(method, path);
    try (InputStream body = response.body()) {
      boolean problem =
          response
              .headers()
              .firstValue("Content-Type")
              .orElse("")
              .equals("application/problem+json");
      String code = problem ? JSON.readTree(body.readAllBytes()).path("code").asString() : "none";
      return new Answer(response.statusCode(), code);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String text(String method, String path) {
    try (InputStream body = send(method, path).body()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private HttpResponse<InputStream> send(String method, String path) {
    try {
      boolean reads = method.equals("GET") || method.equals("DELETE");
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + system.port() + path))
              .timeout(Duration.ofSeconds(30))
              .header("Content-Type", "application/json")
              .header("Authorization", "Bearer " + Files.readString(system.home().token()).strip())
              .method(method, reads ? BodyPublishers.noBody() : BodyPublishers.ofString("{}"))
              .build();
      return http.send(request, BodyHandlers.ofInputStream());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
