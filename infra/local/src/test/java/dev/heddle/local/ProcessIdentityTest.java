package dev.heddle.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;

class ProcessIdentityTest {

  @Test
  void processIsAliveUntilItEnds() throws Exception {
    Process process = new ProcessBuilder("sleep", "60").start();
    ProcessIdentity identity = ProcessIdentity.of(process.pid()).orElseThrow();

    assertThat(identity.alive()).isTrue();
    process.destroyForcibly().waitFor();
    assertThat(identity.alive()).isFalse();
  }

  @Test
  void laterProcessWithTheSameIdIsAnother() {
    ProcessIdentity self = ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow();

    assertThat(new ProcessIdentity(self.pid(), self.birth() + "0").alive()).isFalse();
  }

  @Test
  void processWhoseNameLooksLikeFieldsIsReadRight() throws Exception {
    Process process =
        new ProcessBuilder("bash", "-c", "printf ') Z 1 (' > /proc/self/comm; echo; sleep 60")
            .start();
    try {
      assertThat(process.getInputStream().read()).isEqualTo('\n');
      assertThat(ProcessIdentity.of(process.pid())).isPresent();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void processThatASignalHoldsUpIsSuspended() throws Exception {
    Process process = new ProcessBuilder("sleep", "60").start();
    try {
      ProcessIdentity identity = ProcessIdentity.of(process.pid()).orElseThrow();
      assertThat(identity.suspended()).isFalse();

      Signals.send(identity, "STOP");
      await().until(identity::suspended);

      Signals.send(identity, "CONT");
      await().until(() -> !identity.suspended());
    } finally {
      process.destroyForcibly();
    }
  }
}
