package dev.heddle.worker.engine.claude;

import dev.heddle.contracts.EngineState;
import dev.heddle.testkit.cli.InstalledCli;
import dev.heddle.testkit.model.MessagesWire;
import dev.heddle.testkit.model.ModelReply;
import dev.heddle.testkit.model.ModelReply.Answers;
import dev.heddle.testkit.model.Wire;
import dev.heddle.worker.engine.Cli;
import dev.heddle.worker.engine.CliSettings;
import dev.heddle.worker.engine.Engine;
import dev.heddle.worker.engine.EngineTools;
import dev.heddle.worker.engine.conformance.EngineConformance;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.JsonNodeFactory;

/** Claude Code itself, in the version that the adapter was written for. */
class ClaudeConformanceIT extends EngineConformance {

  private static final String VERSION = "2.1.330";

  @Override
  protected Wire wire() {
    return new MessagesWire();
  }

  @Override
  protected Engine engine(EngineTools tools, String modelUrl, Path home) {
    Map<String, String> environment = new TreeMap<>(System.getenv());
    environment.put("HOME", home.toString());
    environment.put("ANTHROPIC_BASE_URL", modelUrl);
    environment.put("ANTHROPIC_API_KEY", "of no use");
    environment.put("CLAUDE_CODE_MAX_RETRIES", "0");
    return new ClaudeEngine(
        new Cli(
            "claude",
            new CliSettings(
                List.of(InstalledCli.of("@anthropic-ai/claude-code", VERSION).toString()),
                home.resolve("claude"),
                List.of("ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY", "CLAUDE_CODE_MAX_RETRIES")),
            tools,
            environment));
  }

  @Override
  protected Answers writes(Path file, String text) {
    return ModelReply.calls(
        "Write",
        JsonNodeFactory.instance
            .objectNode()
            .put("file_path", file.toString())
            .put("content", text)
            .toString());
  }

  @Override
  protected Answers runs(String command) {
    return ModelReply.calls(
        "Bash", JsonNodeFactory.instance.objectNode().put("command", command).toString());
  }

  @Override
  protected String deed(String tool) {
    return switch (tool) {
      case "Write" -> "edit";
      case "Bash" -> "command";
      default -> tool;
    };
  }

  @Override
  protected EngineState unknownConversation() {
    return new EngineState.Claude(
        "01234567-89ab-4cde-8f01-23456789abcd", null, null, null, null, null);
  }

  /** What a stream breaks off is asked once more, without a stream. */
  @Override
  protected int attempts() {
    return 2;
  }
}
