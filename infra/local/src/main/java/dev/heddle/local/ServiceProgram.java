package dev.heddle.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The program of a service or worker, as this build made it and apart from what the next makes. */
public final class ServiceProgram {

  /** What a service may take of memory for its objects, in MiB; enough for one machine's work. */
  private static final Map<String, Integer> HEAP =
      Map.of(
          "thread-service", 256,
          "session-service", 256,
          "trace-service", 384,
          "gateway", 192,
          "worker-agent", 256);

  private static final String VERSION = "0.1.0-SNAPSHOT";

  private ServiceProgram() {}

  /**
   * The argument vector of a worker, laid out like those of {@code up}.
   *
   * @param source the folder of the source tree
   */
  public static List<String> worker(Path source) {
    return command(source, "worker-agent", StartCaches.using());
  }

  static List<String> command(Path source, String module, StartCaches caches) {
    Path built =
        source.resolve(module).resolve("target").resolve(module + "-" + VERSION + "-exec.jar");
    ServiceImage image = ServiceImage.of(built, LaunchOptions.images(source));
    List<String> command = new ArrayList<>();
    command.add(Programs.java());
    command.addAll(caches.options(image.startCache()));
    command.addAll(
        List.of(
            "-Xmx" + HEAP.get(module) + "m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED",
            // The bean definitions that the build has worked out.
            "-Dspring.aot.enabled=true",
            "-jar",
            image.jar().toString()));
    return command;
  }
}
