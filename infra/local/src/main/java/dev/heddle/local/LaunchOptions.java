package dev.heddle.local;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to be started.
 *
 * @param launch id of this launch
 * @param home the installation's folder
 * @param source the folder of the source tree, where the build left the services' jars
 * @param size how much of it
 */
public record LaunchOptions(String launch, HeddleHome home, Path source, LaunchSize size) {

  /** The launcher's own process with these options. */
  public List<String> command() {
    String classPath = OwnClassPath.lasting(images());
    StartCaches caches = StartCaches.using();
    return command(caches.options(startCache(classPath)), classPath, Launcher.class);
  }

  /** The process that makes the start caches with these options. */
  List<String> rehearsalCommand(StartCaches making) {
    String classPath = OwnClassPath.lasting(images());
    return command(making.options(startCache(classPath)), classPath, Rehearsal.class);
  }

  /** Whether the launcher itself starts without a cache that it could have. */
  boolean lacksStartCache() {
    Path cache = startCache(OwnClassPath.lasting(images()));
    return cache != null && !Files.exists(cache);
  }

  private @Nullable Path startCache(String classPath) {
    return OwnClassPath.startCache(images(), "launcher", classPath);
  }

  private List<String> command(List<String> jvm, String classPath, Class<?> main) {
    List<String> command = new ArrayList<>();
    command.add(Programs.java());
    command.addAll(jvm);
    command.addAll(
        List.of(
            "-Xmx192m",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
            "-cp",
            classPath,
            main.getName()));
    command.addAll(
        List.of(
            launch,
            home.root().toString(),
            source.toString(),
            Integer.toString(size.port()),
            Integer.toString(size.workers()),
            Integer.toString(size.slots()),
            Integer.toString(size.replicas())));
    if (Programs.onPath("setsid")) {
      command.addFirst("setsid");
    }
    return command;
  }

  /** What the launcher's own process needs in its environment beside what it inherits. */
  public Map<String, String> environment() {
    return Map.of(Signals.HOME_MARKER, home.real().toString());
  }

  /** Where what runs is laid out, apart from what the next build replaces. */
  Path images() {
    return images(source);
  }

  static Path images(Path source) {
    return source.resolve("target").resolve("images");
  }

  static LaunchOptions parse(String[] arguments) {
    return new LaunchOptions(
        arguments[0],
        new HeddleHome(Path.of(arguments[1])),
        Path.of(arguments[2]),
        new LaunchSize(
            Integer.parseInt(arguments[3]),
            Integer.parseInt(arguments[4]),
            Integer.parseInt(arguments[5]),
            Integer.parseInt(arguments[6])));
  }
}
