package dev.heddle.contracts;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a machine must have to run a session.
 *
 * @param engine the engine that it must offer
 * @param pool the pool that it must be in
 * @param machine the one machine that may run it; null for any
 * @param labels labels that it must carry with these values
 */
public record Requirements(
    String engine, String pool, @Nullable MachineId machine, Map<String, String> labels) {

  public Requirements {
    labels = Map.copyOf(Objects.requireNonNullElse(labels, Map.of()));
  }
}
