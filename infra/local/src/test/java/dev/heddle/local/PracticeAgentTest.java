package dev.heddle.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PracticeAgentTest {

  private static final String COMMAND = "HEDDLE_WORKER_ACP_PRACTICE_COMMAND";

  private final PracticeAgent practice =
      PracticeAgent.in(
          String.join(
              File.pathSeparator,
              "/images/practice-1.jar",
              "/lib/kafka-clients-4.jar",
              "/lib/jackson-core-3.jar"));

  @Test
  void needsLittleOfTheClassPath() {
    assertThat(practice.command())
        .contains("/images/practice-1.jar" + File.pathSeparator + "/lib/jackson-core-3.jar")
        .endsWith("dev.heddle.practice.PracticeAgent");
  }

  @Test
  void isOfferedToAWorkerWordByWord() {
    Map<String, String> environment = new TreeMap<>();

    practice.offer(environment);

    assertThat(environment)
        .containsEntry("HEDDLE_WORKER_ENGINES", "command,practice,auto")
        .containsEntry(COMMAND + "_0", practice.command().getFirst())
        .containsEntry(
            COMMAND + "_" + (practice.command().size() - 1), practice.command().getLast())
        .containsEntry("HEDDLE_WORKER_ACP_PRACTICE_STEERS", "true");
  }

  @Test
  void leavesWhatIsSetAlready() {
    Map<String, String> environment =
        new TreeMap<>(Map.of("HEDDLE_WORKER_ENGINES", "command", COMMAND, "mine"));

    practice.offer(environment);

    assertThat(environment).containsEntry("HEDDLE_WORKER_ENGINES", "command");
    assertThat(environment.keySet().stream().filter(key -> key.startsWith(COMMAND)).toList())
        .isEqualTo(List.of(COMMAND));
  }
}
