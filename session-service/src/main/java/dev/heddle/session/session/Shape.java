package dev.heddle.session.session;

import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.Requirements;
import dev.heddle.messaging.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a machine of the pool must have for a session, so that sessions of equal needs are judged
 * once.
 *
 * @param machine the only machine that may run it; null for any
 */
public record Shape(String engine, @Nullable MachineId machine, Map<String, String> labels) {

  public Shape {
    labels = Map.copyOf(Objects.requireNonNullElse(labels, Map.of()));
  }

  /** The needs of a session. */
  public static Shape of(Requirements needs) {
    return new Shape(needs.engine(), needs.machine(), needs.labels());
  }

  /** A text that is equal for equal shapes. */
  public String text() {
    // Map.copyOf has no stable order, and the text is compared.
    return Json.string(new Sorted(engine, machine, new TreeMap<>(labels)));
  }

  /** Reads what {@link #text} wrote. */
  public static Shape read(String text) {
    return Json.read(text.getBytes(StandardCharsets.UTF_8), Shape.class);
  }

  private record Sorted(
      String engine, @Nullable MachineId machine, TreeMap<String, String> labels) {}
}
