package dev.heddle.worker.engine.acp;

import dev.heddle.worker.engine.Cli;
import dev.heddle.worker.engine.wire.Fields;
import dev.heddle.worker.engine.wire.Greeting;
import dev.heddle.worker.engine.wire.JsonProcess;
import dev.heddle.worker.engine.wire.JsonRpc;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.node.ObjectNode;

/** Models are choices in a session, so that one is opened, in which nothing is asked. */
final class AcpGreeting extends Greeting {

  private final Cli cli;
  private final Map<String, String> variables;

  AcpGreeting(Cli cli, Map<String, String> variables) {
    super(cli);
    this.cli = cli;
    this.variables = Map.copyOf(variables);
  }

  @Override
  protected List<String> arguments() {
    return List.of();
  }

  @Override
  protected Map<String, String> variables() {
    return variables;
  }

  @Override
  protected CompletableFuture<List<String>> models(JsonProcess process) {
    CompletableFuture<List<String>> models = new CompletableFuture<>();
    JsonRpc rpc = new JsonRpc(process, true);
    rpc.begin(
        new Silent() {
          @Override
          public void begun() {
            var _ =
                rpc.request("initialize", AcpSession.greeting())
                    .thenCompose(_ -> rpc.request("session/new", session()))
                    .thenApply(AcpSettings::of)
                    .whenComplete((settings, failure) -> {
                      if (failure == null) {
                        models.complete(settings.choices(AcpSettings.Aspect.MODEL));
                      } else {
                        models.completeExceptionally(failure);
                      }
                    });
          }
        });
    return models;
  }

  private ObjectNode session() {
    ObjectNode params = Fields.object().put("cwd", cli.home().toString());
    params.putArray("mcpServers");
    return params;
  }
}
