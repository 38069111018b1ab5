package dev.heddle.contracts;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The engine of one turn and its settings.
 *
 * @param name the engine's name, such as {@code command}
 * @param model the engine's own name for a model; null for its default
 * @param mode the engine's own name for a mode; null for its default
 * @param effort the reasoning effort; null for the engine's default
 * @param command the argument vector of the {@code command} engine; empty for the worker's default
 * @param permission what it may do without asking; null where nobody said, which is ask
 */
public record EngineSpec(
    String name,
    @Nullable String model,
    @Nullable String mode,
    @Nullable String effort,
    List<String> command,
    @Nullable PermissionPosture permission) {

  public EngineSpec {
    command = Objects.requireNonNullElse(command, List.<String>of());
    command = List.copyOf(command);
  }

  /** One of which nobody said what it may do. */
  public EngineSpec(
      String name,
      @Nullable String model,
      @Nullable String mode,
      @Nullable String effort,
      List<String> command) {
    this(name, model, mode, effort, command, null);
  }

  /** An engine with its own defaults. */
  public static EngineSpec of(String name) {
    return new EngineSpec(name, null, null, null, List.of());
  }

  /** The same engine with this permission. */
  public EngineSpec with(PermissionPosture posture) {
    return new EngineSpec(name, model, mode, effort, command, posture);
  }
}
