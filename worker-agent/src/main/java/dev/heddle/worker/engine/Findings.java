package dev.heddle.worker.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a look at an engine has found.
 *
 * @param version null where it told none
 * @param unavailable why it cannot start, for people; null where it can
 * @param models which sessions may name; empty where it lists none
 */
public record Findings(
    @Nullable String version, @Nullable String unavailable, List<String> models) {

  public Findings {
    models = List.copyOf(models);
  }

  /** Of one that was only looked for. */
  static Findings ofObstacle(@Nullable String obstacle) {
    return new Findings(null, obstacle, List.of());
  }
}
