package dev.heddle.local;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How one process is started, known to be ready, and stopped.
 *
 * @param name as people see it
 * @param command argument vector
 * @param environment all of its environment; nothing is inherited beside it
 * @param folder working directory
 * @param log where its output goes
 * @param port where it listens
 * @param readiness asked again and again until it says yes
 * @param signal asks it to end in an orderly way
 * @param grace how long it may take for that before it is killed
 */
record ChildSpec(
    String name,
    List<String> command,
    Map<String, String> environment,
    Path folder,
    Path log,
    int port,
    Readiness readiness,
    String signal,
    Duration grace) {

  /** Whether a process does its work already. */
  @FunctionalInterface
  interface Readiness {
    boolean ready();

    /** Done before each start: ends what an earlier process that was killed has left in the way. */
    default void makeRoom() {}
  }

  /** The same, with the mark of the home that it belongs to. */
  ChildSpec markedFor(HeddleHome home) {
    Map<String, String> marked = new TreeMap<>(environment);
    marked.put(Signals.HOME_MARKER, home.real().toString());
    return new ChildSpec(name, command, marked, folder, log, port, readiness, signal, grace);
  }

  /** The same, with another time for its end. */
  ChildSpec endingWithin(Duration limit) {
    return new ChildSpec(name, command, environment, folder, log, port, readiness, signal, limit);
  }

  /** By which the command line reaches a server elsewhere; of no use to a process here. */
  static final String CLIENT_TOKEN = "HEDDLE_TOKEN";

  private static final List<String> KEPT =
      List.of("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR");

  /**
   * What every process may see of the launcher's environment: the basics, Heddle's own settings,
   * and how it logs. A stray {@code SERVER_PORT} or {@code SPRING_…} of someone's shell must not
   * reach the services, nor the token of a person.
   */
  static Map<String, String> cleanEnvironment() {
    Map<String, String> kept = new TreeMap<>();
    System.getenv()
        .forEach((name, value) -> {
          if (KEPT.contains(name) || name.startsWith("HEDDLE_") || name.startsWith("LOGGING_")) {
            kept.put(name, value);
          }
        });
    kept.remove(Signals.MARKER);
    kept.remove(CLIENT_TOKEN);
    return kept;
  }
}
