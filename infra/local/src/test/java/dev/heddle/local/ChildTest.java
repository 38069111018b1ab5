package dev.heddle.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildTest {

  @TempDir Path folder;
  private final String launch = UUID.randomUUID().toString();
  private final List<String> changes = new CopyOnWriteArrayList<>();

  @AfterEach
  void leaveNothing() {
    Signals.sweep(launch);
  }

  @Test
  void processThatDiesIsStartedAgain() {
    Child child = child("echo ready > ready; exec sleep 60", "TERM", Duration.ofSeconds(5));
    child.start(Duration.ofSeconds(10));
    ProcessIdentity first = child.describe().process();

    Signals.send(first, "KILL");

    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> {
          assertThat(child.describe().condition()).isEqualTo(SystemState.Condition.READY);
          assertThat(child.describe().process()).isNotNull().isNotEqualTo(first);
        });
    assertThat(child.describe().restarts()).isEqualTo(1);
    assertThat(child.describe().lastEnd()).contains("ended with exit code 137 (SIGKILL");
    assertThat(changes).anyMatch(change -> change.startsWith("ended with exit code 137"));
    child.stop();
  }

  @Test
  void processThatKeepsDyingIsTriedOnAndItsLastWordsAreShown() {
    Child child =
        child(
            "echo start >> starts; echo ready > ready; [ $(wc -l < starts) -gt 6 ] && exec sleep 60;"
                + " sleep 0.2; echo the port is taken; exit 1",
            "TERM",
            Duration.ofSeconds(5));

    child.start(Duration.ofSeconds(10));

    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> {
          assertThat(child.describe().restarts()).isEqualTo(6);
          assertThat(child.describe().condition()).isEqualTo(SystemState.Condition.READY);
        });
    assertThat(changes)
        .filteredOn(change -> change.contains("tried for ever"))
        .singleElement()
        .asString()
        .startsWith("ended with exit code 1; starting again in")
        .contains("ended 5 times in a row", "part.log", "the port is taken");
    child.stop();
  }

  @Test
  void listenerIsNeverToldUnderTheLockOfTheChild() {
    // It has a lock of its own, under which it asks the child.
    AtomicInteger underLock = new AtomicInteger();
    Child child =
        child(
            "echo start >> starts; echo ready > ready; [ $(wc -l < starts) -gt 1 ] || exec sleep 60",
            "TERM",
            Duration.ofSeconds(5),
            (changed, what) -> {
              if (Thread.holdsLock(changed)) {
                underLock.incrementAndGet();
              }
            });
    child.start(Duration.ofSeconds(10));

    Signals.send(child.describe().process(), "KILL");

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(child.describe().restarts()).isGreaterThan(30));
    child.stop();
    assertThat(underLock).hasValue(0);
  }

  @Test
  void spaceIsMadeBeforeEachStart() throws Exception {
    Path obstacle = folder.resolve("obstacle");
    Files.writeString(obstacle, "in the way");
    Child child =
        child(
            "[ -e obstacle ] && exit 1; touch obstacle; echo ready > ready; exec sleep 60",
            "TERM",
            Duration.ofSeconds(5));

    child.start(Duration.ofSeconds(10));
    Signals.send(child.describe().process(), "KILL");

    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> child.describe().condition() == SystemState.Condition.READY);
    assertThat(child.describe().restarts()).isEqualTo(1);
    child.stop();
  }

  @Test
  void stoppedProcessStaysStopped() {
    Child child = child("echo ready > ready; exec sleep 60", "TERM", Duration.ofSeconds(5));
    child.start(Duration.ofSeconds(10));
    ProcessIdentity process = child.describe().process();

    child.stop();

    assertThat(process.alive()).isFalse();
    assertThat(child.describe().condition()).isEqualTo(SystemState.Condition.STOPPED);
    assertThat(Signals.carrying(launch)).isEmpty();
  }

  @Test
  void processThatIgnoresTheSignalIsKilledAfterItsGrace() {
    Child child =
        child(
            "trap '' TERM; echo ready > ready; while :; do sleep 0.1; done",
            "TERM",
            Duration.ofMillis(300));
    child.start(Duration.ofSeconds(10));
    ProcessIdentity process = child.describe().process();

    child.stop();

    assertThat(process.alive()).isFalse();
  }

  @Test
  void processThatEndsBeforeItIsReadyIsAnErrorWithItsLastWords() {
    Child child = child("echo the disk is full; exit 3", "TERM", Duration.ofSeconds(5));

    assertThatThrownBy(() -> child.start(Duration.ofSeconds(10)))
        .isInstanceOf(LocalException.class)
        .hasMessageContaining("part ended with exit code 3 before it was ready")
        .hasMessageContaining("the disk is full");
  }

  @Test
  void processThatIsNeverReadyIsAnError() {
    Child child = child("exec sleep 60", "TERM", Duration.ofSeconds(5));

    assertThatThrownBy(() -> child.start(Duration.ofMillis(300)))
        .hasMessageContaining("was not ready within");
    child.stop();
  }

  @Test
  void whatAProcessStartedCarriesTheMarkerAndIsSwept() {
    Child child =
        child(
            "setsid sleep 61 & setsid sleep 62 & echo ready > ready; exec sleep 60",
            "KILL",
            Duration.ofSeconds(5));
    child.start(Duration.ofSeconds(10));
    child.stop();
    assertThat(Signals.carrying(launch)).hasSize(2);

    assertThat(Signals.sweep(launch)).isEqualTo(2);

    assertThat(Signals.carrying(launch)).isEmpty();
  }

  @Test
  void largeLogIsPutAsideAtTheStart() throws Exception {
    Path log = folder.resolve("part.log");
    Files.write(log, new byte[9 * 1024 * 1024]);
    Child child =
        child("echo new; echo ready > ready; exec sleep 60", "TERM", Duration.ofSeconds(5));

    child.start(Duration.ofSeconds(10));

    assertThat(log.resolveSibling("part.log.1")).hasSize(9 * 1024 * 1024);
    assertThat(log).content().contains("new").hasSizeLessThan(1_000);
    child.stop();
  }

  private Child child(String script, String signal, Duration grace) {
    return child(script, signal, grace, (changed, what) -> changes.add(what));
  }

  private Child child(String script, String signal, Duration grace, Child.Listener listener) {
    Path ready = folder.resolve("ready");
    ChildSpec spec =
        new ChildSpec(
            "part",
            List.of("bash", "-c", script),
            Map.of("PATH", System.getenv("PATH")),
            folder,
            folder.resolve("part.log"),
            1,
            new ChildSpec.Readiness() {
              @Override
              public boolean ready() {
                return Files.exists(ready);
              }

              @Override
              public void makeRoom() {
                folder.resolve("obstacle").toFile().delete();
              }
            },
            signal,
            grace);
    BackOff quick =
        new BackOff(Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMinutes(1));
    return new Child(spec, launch, listener, quick);
  }
}
