package dev.heddle.worker.engine.codex;

import dev.heddle.worker.engine.Cli;
import dev.heddle.worker.engine.wire.Fields;
import dev.heddle.worker.engine.wire.Greeting;
import dev.heddle.worker.engine.wire.JsonProcess;
import dev.heddle.worker.engine.wire.JsonRpc;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.node.ObjectNode;

/** Codex lists its models itself, without those that it hides. */
final class CodexGreeting extends Greeting {

  private final ObjectNode greeting;
  private final Map<String, String> variables;

  CodexGreeting(Cli cli, ObjectNode greeting, Map<String, String> variables) {
    super(cli);
    this.greeting = greeting;
    this.variables = Map.copyOf(variables);
  }

  @Override
  protected List<String> arguments() {
    return List.of(CodexEngine.SERVER);
  }

  @Override
  protected Map<String, String> variables() {
    return variables;
  }

  @Override
  protected CompletableFuture<List<String>> models(JsonProcess process) {
    CompletableFuture<List<String>> models = new CompletableFuture<>();
    JsonRpc rpc = new JsonRpc(process, false);
    rpc.begin(
        new Silent() {
          @Override
          public void begun() {
            var _ =
                rpc.request("initialize", greeting)
                    .thenCompose(_ -> {
                      rpc.tell("initialized", Fields.object());
                      return rpc.request("model/list", Fields.object());
                    })
                    .whenComplete((answer, failure) -> {
                      if (failure == null) {
                        models.complete(named(answer.path("data"), "id"));
                      } else {
                        models.completeExceptionally(failure);
                      }
                    });
          }
        });
    return models;
  }
}
