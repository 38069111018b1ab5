package dev.heddle.worker.engine.codex;

import dev.heddle.contracts.EngineState;
import dev.heddle.testkit.cli.InstalledCli;
import dev.heddle.testkit.model.ModelReply;
import dev.heddle.testkit.model.ModelReply.Answers;
import dev.heddle.testkit.model.ResponsesWire;
import dev.heddle.testkit.model.Wire;
import dev.heddle.worker.engine.Cli;
import dev.heddle.worker.engine.CliSettings;
import dev.heddle.worker.engine.Engine;
import dev.heddle.worker.engine.EngineTools;
import dev.heddle.worker.engine.conformance.EngineConformance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/** The Codex adapter keeps to what every adapter keeps to. */
class CodexConformanceIT extends EngineConformance {

  private static final String VERSION = "0.169.0";

  @Override
  protected Wire wire() {
    return new ResponsesWire();
  }

  @Override
  protected Engine engine(EngineTools tools, String modelUrl, Path home) throws Exception {
    Path program = InstalledCli.of("@openai/codex", VERSION);
    // One that it does not know loses apply_patch.
    Files.writeString(
        home.resolve("config.toml"),
        """
        model = "gpt-5.5"
        model_provider = "scripted"

        [model_providers.scripted]
        name = "scripted"
        base_url = "%s/v1"
        wire_api = "responses"
        env_key = "SCRIPTED_KEY"
        request_max_retries = 0
        stream_max_retries = 1
        """
            .formatted(modelUrl));
    Map<String, String> environment = new TreeMap<>(System.getenv());
    environment.put("SCRIPTED_KEY", "a key");
    return new CodexEngine(
        new Cli(
            CodexEngine.NAME,
            new CliSettings(List.of(program.toString()), home, List.of("SCRIPTED_KEY")),
            tools,
            environment));
  }

  @Override
  protected Answers writes(Path file, String text) {
    StringBuilder patch = new StringBuilder("*** Begin Patch\n*** Add File: " + file + "\n");
    text.lines().forEach(line -> patch.append('+').append(line).append('\n'));
    patch.append("*** End Patch");
    return ModelReply.calls(
        "apply_patch",
        JsonMapper.shared().createObjectNode().put("input", patch.toString()).toString());
  }

  @Override
  protected Answers runs(String command) {
    return ModelReply.calls(
        "exec_command", JsonMapper.shared().createObjectNode().put("cmd", command).toString());
  }

  @Override
  protected String deed(String tool) {
    return switch (tool) {
      case Tool.PATCH -> "edit";
      case Tool.SHELL -> "command";
      default -> tool;
    };
  }

  @Override
  protected EngineState unknownConversation() {
    return new EngineState.Codex(
        "019c0000-0000-7000-8000-000000000000", null, null, null, null, null, null, null, null);
  }

  @Override
  protected int attempts() {
    return 2;
  }
}
