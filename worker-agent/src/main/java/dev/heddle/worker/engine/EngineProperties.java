package dev.heddle.worker.engine;

import dev.heddle.worker.engine.acp.AcpAgent;
import dev.heddle.worker.engine.acp.KnownAgents;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * What this machine can run.
 *
 * @param engines the names of the engines that are on
 * @param command the argument vector of the command engine where a session names none
 * @param passEnvironment names of further variables of the worker that engines inherit
 * @param outputBytes how much of a run's output is kept
 * @param outputLines how many lines of a run's output are kept
 * @param engine how each engine with an adapter of its own is called
 * @param acp how each agent that speaks the Agent Client Protocol is called, by the engine's name
 */
@ConfigurationProperties("heddle.worker")
public record EngineProperties(
    List<String> engines,
    List<String> command,
    List<String> passEnvironment,
    DataSize outputBytes,
    int outputLines,
    Clis engine,
    Map<String, AcpAgent> acp) {

  /** Stands for every engine whose program is found. */
  public static final String AUTO = "auto";

  /** Engines with an adapter of their own. */
  public record Clis(CliSettings claude, CliSettings codex) {

    public Clis(@Nullable CliSettings claude, @Nullable CliSettings codex) {
      this.claude = orElse(claude, "claude");
      this.codex = orElse(codex, "codex");
    }

    private static CliSettings orElse(@Nullable CliSettings settings, String program) {
      if (settings == null) {
        return CliSettings.of(program);
      }
      return settings.command().isEmpty()
          ? new CliSettings(List.of(program), settings.home(), settings.environment())
          : settings;
    }
  }

  public EngineProperties(
      @Nullable List<String> engines,
      @Nullable List<String> command,
      @Nullable List<String> passEnvironment,
      @Nullable DataSize outputBytes,
      int outputLines,
      @Nullable Clis engine,
      @Nullable Map<String, AcpAgent> acp) {
    this.engines = engines == null ? List.of() : List.copyOf(engines);
    this.command = command == null ? List.of() : List.copyOf(command);
    this.passEnvironment = passEnvironment == null ? List.of() : List.copyOf(passEnvironment);
    this.outputBytes = outputBytes == null ? DataSize.ofMegabytes(32) : outputBytes;
    this.outputLines = outputLines;
    this.engine = engine == null ? new Clis(null, null) : engine;
    this.acp = Map.copyOf(KnownAgents.with(acp == null ? Map.of() : acp));
    if (this.engines.isEmpty() || this.engines.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException(
          "heddle.worker.engines must name at least one engine, for example command");
    }
    if (this.command.isEmpty() || this.command.getFirst().isBlank()) {
      throw new IllegalArgumentException(
          "heddle.worker.command must be a program and its arguments, for example bash,-s");
    }
    this.acp.forEach((name, agent) -> {
      if (agent.command().isEmpty() || agent.command().getFirst().isBlank()) {
        throw new IllegalArgumentException(
            "heddle.worker.acp.%s.command must be a program and its arguments, for example %s,--acp"
                .formatted(name, name));
      }
    });
    if (this.outputBytes.toBytes() < 1) {
      throw new IllegalArgumentException(
          "heddle.worker.output-bytes must be at least 1B, but is " + outputBytes);
    }
    if (outputLines < 1) {
      throw new IllegalArgumentException(
          "heddle.worker.output-lines must be at least 1, but is " + outputLines);
    }
  }
}
