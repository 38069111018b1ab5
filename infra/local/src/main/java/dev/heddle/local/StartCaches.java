package dev.heddle.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The JVM's ahead-of-time caches (JEP 483, 514): classes parsed, verified and linked once, which
 * halves the time of a start. One belongs to exactly one class path and one build of the JDK; a JVM
 * that finds another than it expects, or a broken one, says so in its log and starts without.
 */
final class StartCaches {

  private final boolean making;
  private final Map<Path, Boolean> asked = new ConcurrentHashMap<>();

  private StartCaches(boolean making) {
    this.making = making;
  }

  /** Uses what there is. */
  static StartCaches using() {
    return new StartCaches(false);
  }

  /** Lets every process write its cache when it ends in an orderly way. */
  static StartCaches making() {
    return new StartCaches(true);
  }

  boolean areMade() {
    return making;
  }

  /**
   * The options of a JVM with this cache, its collector among them. Heap objects can be written
   * with G1 only, and read with either; with them the start takes a sixth less.
   *
   * @param cache null for a process that can have none
   */
  List<String> options(@Nullable Path cache) {
    if (cache == null) {
      return List.of("-XX:+UseSerialGC");
    }
    asked.put(cache, Files.isRegularFile(cache));
    if (making) {
      return List.of("-XX:+UseG1GC", "-XX:AOTCacheOutput=" + next(cache));
    }
    return Files.isRegularFile(cache)
        ? List.of("-XX:+UseSerialGC", "-XX:AOTCache=" + cache)
        : List.of("-XX:+UseSerialGC");
  }

  /** Whether a process was started without a cache. */
  boolean missing() {
    return asked.containsValue(false);
  }

  /** Puts in place what was written whole; the JVM removes its recording only after that. */
  void publish() throws IOException {
    for (Path cache : asked.keySet()) {
      Path made = next(cache);
      Path recording = made.resolveSibling(made.getFileName() + ".config");
      if (Files.isRegularFile(made) && !Files.exists(recording)) {
        Files.move(
            made, cache, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } else {
        Files.deleteIfExists(made);
        Files.deleteIfExists(recording);
      }
    }
  }

  private static Path next(Path cache) {
    return cache.resolveSibling(cache.getFileName() + ".next");
  }

  /** What the name of a cache has to tell of the JDK, so that another one makes its own. */
  static String suffix() {
    return "-" + Runtime.version().toString().replaceAll("[^A-Za-z0-9.+-]", "_") + ".aot";
  }
}
