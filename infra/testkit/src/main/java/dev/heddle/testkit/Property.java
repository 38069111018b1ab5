package dev.heddle.testkit;

import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;

/**
 * Looks for a list of steps that breaks a property, among many random ones, and makes what it finds
 * as short as it can. {@code -Dheddle.property.seed=N} repeats a run.
 */
public final class Property {

  private Property() {}

  /**
   * Tries random lists of steps.
   *
   * @param steps makes a list of steps
   * @param broken what is wrong after these steps; empty where nothing is
   */
  public static <S> void check(
      int tries, Function<Random, List<S>> steps, Function<List<S>, Optional<String>> broken) {
    long first = Long.getLong("heddle.property.seed", System.nanoTime());
    for (long seed = first; seed < first + tries; seed++) {
      List<S> found = steps.apply(new Random(seed));
      if (verdict(found, broken).isPresent()) {
        List<S> least = shrunk(found, broken);
        fail(
            "-Dheddle.property.seed=%d: %s%nafter %d of %d steps:%n%s",
            seed,
            verdict(least, broken).orElseThrow(),
            least.size(),
            found.size(),
            String.join("\n", least.stream().map(String::valueOf).toList()));
      }
    }
  }

  /** Leaves out pieces, large ones first, for as long as the rest still breaks it. */
  private static <S> List<S> shrunk(List<S> found, Function<List<S>, Optional<String>> broken) {
    List<S> least = found;
    for (int size = Math.max(1, least.size() / 2); size > 0; size /= 2) {
      for (int at = 0; at + size <= least.size(); ) {
        List<S> less = new ArrayList<>(least);
        less.subList(at, at + size).clear();
        if (verdict(less, broken).isPresent()) {
          least = less;
        } else {
          at++;
        }
      }
    }
    return least;
  }

  private static <S> Optional<String> verdict(
      List<S> steps, Function<List<S>, Optional<String>> broken) {
    try {
      return broken.apply(steps);
    } catch (RuntimeException | AssertionError e) {
      return Optional.of(e.toString());
    }
  }
}
