package dev.heddle.worker.engine.acp;

import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.EngineState;
import dev.heddle.testkit.cli.InstalledCli;
import dev.heddle.testkit.model.ChatCompletionsWire;
import dev.heddle.testkit.model.ModelReply;
import dev.heddle.testkit.model.ModelReply.Answers;
import dev.heddle.testkit.model.Wire;
import dev.heddle.worker.engine.Cli;
import dev.heddle.worker.engine.Engine;
import dev.heddle.worker.engine.EngineTools;
import dev.heddle.worker.engine.acp.AcpAgent.UsageScope;
import dev.heddle.worker.engine.conformance.EngineConformance;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

class CopilotConformanceIT extends EngineConformance {

  private static final String VERSION = "1.0.102";

  @Override
  protected Wire wire() {
    return new ChatCompletionsWire();
  }

  @Override
  protected Engine engine(EngineTools tools, String modelUrl, Path home) {
    AcpAgent copilot =
        new AcpAgent(
            List.of(InstalledCli.of("@github/copilot", VERSION).toString(), "--acp"),
            home,
            List.of(
                "COPILOT_OFFLINE",
                "COPILOT_PROVIDER_BASE_URL",
                "COPILOT_PROVIDER_API_KEY",
                "COPILOT_MODEL"),
            List.of("COPILOT_HOME"),
            List.of("--model"),
            List.of("--effort"),
            false,
            UsageScope.PROCESS,
            List.of("Info: ", "Warning: "),
            List.of("Error: "));
    Map<String, String> worker =
        Map.of(
            "PATH",
            System.getenv("PATH"),
            "HOME",
            home.toString(),
            "COPILOT_OFFLINE",
            "true",
            "COPILOT_PROVIDER_BASE_URL",
            modelUrl + "/v1",
            "COPILOT_PROVIDER_API_KEY",
            "none",
            "COPILOT_MODEL",
            "gpt-5");
    return new AcpEngine(new Cli("copilot", copilot.cli(), tools, worker), copilot);
  }

  @Override
  protected Answers writes(Path file, String text) {
    return ModelReply.calls(
        "create",
        JsonNodeFactory.instance
            .objectNode()
            .put("path", file.toString())
            .put("file_text", text)
            .toString());
  }

  @Override
  protected Answers runs(String command) {
    return ModelReply.calls(
        "bash",
        JsonNodeFactory.instance
            .objectNode()
            .put("command", command)
            .put("description", "Do it")
            .toString());
  }

  @Override
  protected Answers ownTool(String tool, String input) {
    return ModelReply.calls("heddle-" + tool, input);
  }

  @Override
  protected String deed(String tool) {
    return tool.equals("execute") ? "command" : tool;
  }

  @Override
  protected EngineState unknownConversation() {
    return new EngineState.Copilot(
        UUID.randomUUID().toString(), null, null, workspace.toString(), null);
  }

  @Override
  protected EngineState stateAfter(String session, EngineSpec spec) {
    return new EngineState.Copilot(
        session, spec.effort(), spec.model(), workspace.toString(), VERSION);
  }

  @Override
  protected String effortIn(JsonNode request) {
    return request.path("reasoning_effort").asString("");
  }

  @Override
  protected String aModel() {
    return "gpt-5";
  }

  @Override
  protected int attempts() {
    return 6;
  }
}
