package dev.heddle.worker.engine.claude;

import dev.heddle.contracts.TraceBody;
import dev.heddle.worker.engine.Cli;
import dev.heddle.worker.engine.wire.Fields;
import dev.heddle.worker.engine.wire.Greeting;
import dev.heddle.worker.engine.wire.JsonProcess;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Claude Code answers a request to initialise with the models that a person may choose. */
final class ClaudeGreeting extends Greeting {

  private final Map<String, String> variables;

  ClaudeGreeting(Cli cli, Map<String, String> variables) {
    super(cli);
    this.variables = Map.copyOf(variables);
  }

  @Override
  protected List<String> arguments() {
    return List.of(
        "-p", "--output-format", "stream-json", "--input-format", "stream-json", "--verbose");
  }

  @Override
  protected Map<String, String> variables() {
    return variables;
  }

  @Override
  protected CompletableFuture<List<String>> models(JsonProcess process) {
    CompletableFuture<List<String>> models = new CompletableFuture<>();
    process.begin(
        new JsonProcess.Handler() {
          @Override
          public void begun() {
            ObjectNode request =
                Fields.object().put("type", "control_request").put("request_id", "models");
            request.putObject("request").put("subtype", "initialize");
            process.send(request);
          }

          @Override
          public void message(JsonNode node, String raw) {
            if ("control_response".equals(Fields.text(node, "type"))) {
              models.complete(
                  named(node.path("response").path("response").path("models"), "value"));
            }
          }

          @Override
          public void noise(String line) {}

          @Override
          public void overlong(long bytes) {}

          @Override
          public void error(TraceBody.EngineOutput part, int bytes) {}
        });
    return models;
  }
}
