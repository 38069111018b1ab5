package dev.heddle.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftoversTest {

  @TempDir Path folder;
  private final String launch = UUID.randomUUID().toString();

  @Test
  void recordedProcessesAndThoseWithTheMarkerAreEnded() throws Exception {
    HeddleHome home = home();
    Process recorded = new ProcessBuilder("sleep", "60").start();
    ProcessBuilder marked = new ProcessBuilder("sleep", "60");
    marked.environment().put(Signals.MARKER, launch);
    Process engine = marked.start();
    state(ProcessIdentity.of(recorded.pid()).orElseThrow()).write(home);

    assertThat(Leftovers.clean(home)).contains(2);

    assertThat(recorded.waitFor()).isEqualTo(143);
    assertThat(engine.waitFor()).isEqualTo(137);
    assertThat(SystemState.read(home)).isEmpty();
  }

  @Test
  void strangerWithARecordedIdIsLeftAlone() throws Exception {
    HeddleHome home = home();
    Process stranger = new ProcessBuilder("sleep", "60").start();
    state(new ProcessIdentity(stranger.pid(), "another boot:1")).write(home);

    assertThat(Leftovers.clean(home)).contains(0);

    assertThat(stranger.isAlive()).isTrue();
    stranger.destroyForcibly().waitFor();
  }

  @Test
  void homeThatALauncherHoldsIsLeftAlone() {
    HeddleHome home = home();
    SystemLock lock = SystemLock.tryTake(home).orElseThrow();

    assertThat(Leftovers.clean(home)).isEmpty();

    lock.close();
    assertThat(Leftovers.clean(home)).contains(0);
  }

  private HeddleHome home() {
    HeddleHome home = new HeddleHome(folder);
    home.create();
    return home;
  }

  private SystemState state(ProcessIdentity process) {
    return new SystemState(
        launch,
        new ProcessIdentity(1, "dead"),
        SystemState.Phase.READY,
        Instant.EPOCH,
        8080,
        null,
        List.of(
            new SystemState.Part(
                "gateway",
                process,
                8080,
                "gateway.log",
                SystemState.Condition.READY,
                0,
                null,
                "TERM")));
  }
}
