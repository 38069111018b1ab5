package dev.heddle.worker.engine.acp;

import dev.heddle.worker.engine.acp.AcpAgent.UsageScope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Agents that need no configuration: Copilot as it was seen to behave; of the others only how they
 * are called.
 */
public final class KnownAgents {

  /** Version 1.0.102. */
  private static final AcpAgent COPILOT =
      new AcpAgent(
          List.of("copilot", "--acp"),
          null,
          List.of(
              "COPILOT_GITHUB_TOKEN",
              "GH_TOKEN",
              "GITHUB_TOKEN",
              "GH_HOST",
              "COPILOT_OFFLINE",
              "COPILOT_MODEL",
              "COPILOT_PROVIDER_BASE_URL",
              "COPILOT_PROVIDER_TYPE",
              "COPILOT_PROVIDER_API_KEY"),
          List.of("COPILOT_HOME"),
          List.of("--model"),
          List.of("--effort"),
          false,
          UsageScope.PROCESS,
          List.of("Info: ", "Warning: "),
          List.of("Error: "));

  private static final AcpAgent GEMINI =
      new AcpAgent(
          List.of("gemini", "--acp"),
          null,
          List.of("GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GEMINI_BASE_URL"),
          null,
          List.of("--model"),
          null,
          false,
          null,
          null,
          null);

  /** It asks for nothing unless its own settings say so. */
  private static final AcpAgent OPENCODE =
      new AcpAgent(
          List.of("opencode", "acp"), null, null, null, null, null, false, null, null, null);

  private static final Map<String, AcpAgent> ALL =
      Map.of("copilot", COPILOT, "gemini", GEMINI, "opencode", OPENCODE);

  private KnownAgents() {}

  /** All of them, and those that are configured, whose settings come before what is known. */
  public static Map<String, AcpAgent> with(Map<String, AcpAgent> configured) {
    Map<String, AcpAgent> all = new LinkedHashMap<>(ALL);
    configured.forEach((name, agent) -> all.merge(name, agent, (known, own) -> own.or(known)));
    return all;
  }
}
