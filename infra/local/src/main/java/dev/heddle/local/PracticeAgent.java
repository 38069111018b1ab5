package dev.heddle.local;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The practice agent, which every worker of {@code up} offers, so that all can be tried with no
 * account.
 *
 * @param command its argument vector
 */
record PracticeAgent(List<String> command) {

  private static final String MAIN = "dev.heddle.practice.PracticeAgent";
  private static final String ENGINES = "HEDDLE_WORKER_ENGINES";

  private static final String COMMAND = "HEDDLE_WORKER_ACP_PRACTICE_COMMAND";

  /** What it needs of a class path. */
  private static final List<String> JARS = List.of("practice-", "jackson-", "jspecify-");

  PracticeAgent {
    command = List.copyOf(command);
  }

  /**
   * As a class path has it.
   *
   * @param classPath one that it is part of, and that lasts longer than the next build
   */
  static PracticeAgent in(String classPath) {
    String needed =
        Arrays.stream(classPath.split(File.pathSeparator, -1))
            .filter(PracticeAgent::isNeeded)
            .collect(Collectors.joining(File.pathSeparator));
    return new PracticeAgent(
        List.of(
            Programs.java(),
            "-Xmx64m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-cp",
            needed,
            MAIN));
  }

  private static boolean isNeeded(String entry) {
    Path path = Path.of(entry);
    String name = path.getFileName().toString();
    return JARS.stream().anyMatch(name::startsWith)
        // As an IDE has it.
        || path.toString().contains(File.separator + "practice" + File.separator);
  }

  /** Tells a worker of it; what somebody has set for it already holds. */
  void offer(Map<String, String> environment) {
    // And what is on the PATH: nobody should have to name the agents that the machine has.
    environment.putIfAbsent(ENGINES, "command,practice,auto");
    if (environment.keySet().stream().noneMatch(key -> key.startsWith(COMMAND))) {
      // A word for each: a path may hold the comma that separates them otherwise.
      for (int i = 0; i < command.size(); i++) {
        environment.put(COMMAND + "_" + i, command.get(i));
      }
    }
    environment.putIfAbsent("HEDDLE_WORKER_ACP_PRACTICE_HOMEVARIABLES", "HEDDLE_PRACTICE_HOME");
    environment.putIfAbsent("HEDDLE_WORKER_ACP_PRACTICE_ENVIRONMENT", "HEDDLE_PRACTICE_PACE");
    environment.putIfAbsent("HEDDLE_WORKER_ACP_PRACTICE_STEERS", "true");
  }
}
