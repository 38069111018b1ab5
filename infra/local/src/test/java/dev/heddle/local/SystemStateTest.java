package dev.heddle.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemStateTest {

  @TempDir Path folder;

  @Test
  void whatIsWrittenIsRead() {
    HeddleHome home = new HeddleHome(folder);
    home.create();
    SystemState state =
        new SystemState(
            "launch",
            new ProcessIdentity(7, "boot:9"),
            SystemState.Phase.READY,
            Instant.parse("2026-11-21T10:15:30.123Z"),
            8080,
            new LaunchSize(8080, 2, 4, 1),
            List.of(
                new SystemState.Part(
                    "kafka",
                    null,
                    9092,
                    "kafka.log",
                    SystemState.Condition.RESTARTING,
                    2,
                    "ended with exit code 1 at 2026-11-21T10:16:00Z",
                    "TERM")));

    state.write(home);

    assertThat(SystemState.read(home)).contains(state);
  }

  @Test
  void stateThatCouldNotBeReplacedIsKnownToBeOutdated() throws Exception {
    HeddleHome home = new HeddleHome(folder);
    home.create();
    assertThat(SystemState.outdated(home)).isFalse();
    SystemState state =
        new SystemState(
            "launch",
            new ProcessIdentity(7, "boot:9"),
            SystemState.Phase.READY,
            Instant.parse("2026-11-21T10:15:30.123Z"),
            8080,
            new LaunchSize(8080, 2, 4, 1),
            List.of());
    state.write(home);
    assertThat(SystemState.outdated(home)).isFalse();
    // Stands for a full disk.
    Path obstacle = Files.createDirectories(home.run().resolve("state.json.next"));

    assertThatThrownBy(() -> state.write(home)).isInstanceOf(LocalException.class);
    assertThat(SystemState.outdated(home)).isTrue();
    assertThat(SystemState.read(home)).contains(state);

    Files.delete(obstacle);
    state.write(home);
    assertThat(SystemState.outdated(home)).isFalse();
  }

  @Test
  void fileThatCannotBeReadIsNoState() throws Exception {
    HeddleHome home = new HeddleHome(folder);
    home.create();
    Files.writeString(home.state(), "{\"launch\":");

    assertThat(SystemState.read(home)).isEmpty();
  }

  @Test
  void fieldsOfALaterVersionAreIgnored() throws Exception {
    HeddleHome home = new HeddleHome(folder);
    home.create();
    Files.writeString(
        home.state(),
        """
        {"launch":"l","launcher":{"pid":1,"birth":"b"},"phase":"READY",
         "startedAt":"2026-11-21T10:15:30Z","port":1,"parts":[],"future":{}}
        """);

    assertThat(SystemState.read(home)).isPresent();
  }
}
