package dev.heddle.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is to be started.
 *
 * @param launch id of this launch
 * @param home the installation's folder
 * @param source the folder of the source tree, where the build left the services' jars
 * @param port the gateway's port
 * @param workers how many workers
 * @param slots how many sessions each worker runs at once
 */
public record LaunchOptions(
    String launch, HeddleHome home, Path source, int port, int workers, int slots) {

  /** Sessions at once per worker, when nothing else is said. */
  public static final int DEFAULT_SLOTS = 4;

  /** The gateway's port, when nothing else is said. */
  public static final int DEFAULT_PORT = 8080;

  /** The launcher's own process with these options. */
  public List<String> command() {
    List<String> command =
        new ArrayList<>(
            List.of(
                Programs.java(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                OwnClassPath.lasting(images()),
                Launcher.class.getName()));
    command.addAll(
        List.of(
            launch,
            home.root().toString(),
            source.toString(),
            Integer.toString(port),
            Integer.toString(workers),
            Integer.toString(slots)));
    if (Programs.onPath("setsid")) {
      command.addFirst("setsid");
    }
    return command;
  }

  /** Where what runs is laid out, apart from what the next build replaces. */
  Path images() {
    return source.resolve("target").resolve("images");
  }

  static LaunchOptions parse(String[] arguments) {
    return new LaunchOptions(
        arguments[0],
        new HeddleHome(Path.of(arguments[1])),
        Path.of(arguments[2]),
        Integer.parseInt(arguments[3]),
        Integer.parseInt(arguments[4]),
        Integer.parseInt(arguments[5]));
  }
}
