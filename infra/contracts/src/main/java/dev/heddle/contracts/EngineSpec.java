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
 */
public record EngineSpec(
    String name,
    @Nullable String model,
    @Nullable String mode,
    @Nullable String effort,
    List<String> command) {

  public EngineSpec {
    command = Objects.requireNonNullElse(command, List.<String>of());
    command = List.copyOf(command);
  }

  /** An engine with its own defaults. */
  public static EngineSpec of(String name) {
    return new EngineSpec(name, null, null, null, List.of());
  }
}
