package dev.heddle.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HousekeepingTest {

  private static final long MIB = 1024L * 1024;

  @TempDir Path folder;
  private final List<String> noticed = new ArrayList<>();
  private int removed;
  private int outdated;
  private HeddleHome home;
  private SystemLock lock;
  private Housekeeping housekeeping;

  @BeforeEach
  void begin() {
    home = new HeddleHome(folder.resolve("home"));
    home.create();
    lock = SystemLock.tryTake(home).orElseThrow();
    housekeeping =
        new Housekeeping(
            home,
            lock,
            new Housekeeping.Listener() {
              @Override
              public void noticed(String text) {
                noticed.add(text);
              }

              @Override
              public void homeRemoved() {
                removed++;
              }

              @Override
              public void stateOutdated() {
                outdated++;
              }
            });
  }

  @AfterEach
  void end() {
    lock.close();
  }

  @Test
  void logOfARunningProcessStaysSmallAndLosesNothing() throws Exception {
    Path log = home.log("kafka");
    String line = "x".repeat(1023) + "\n";
    try (OutputStream process =
        Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (int mib = 0; mib < 50; mib++) {
        process.write(line.repeat(1024).getBytes(StandardCharsets.US_ASCII));
        housekeeping.tick();
        assertThat(Files.size(log)).isLessThan(LogFile.LARGEST);
      }
      process.write("the newest line\n".getBytes(StandardCharsets.US_ASCII));
    }

    assertThat(log).content().endsWith("the newest line\n");
    assertThat(Files.size(log)).isEqualTo(50 % 8 * MIB + "the newest line\n".length());
    for (int number = 1; number <= 3; number++) {
      assertThat(log.resolveSibling("kafka.log." + number)).hasSize(LogFile.LARGEST);
    }
    assertThat(log.resolveSibling("kafka.log.4")).doesNotExist();
    assertThat(noticed).isEmpty();
  }

  @Test
  void copyThatFailsCostsNoOlderLog() throws Exception {
    Path log = home.log("kafka");
    Path older = Files.writeString(log.resolveSibling("kafka.log.1"), "history");
    Files.write(log, new byte[(int) LogFile.LARGEST]);
    // Stands for a full disk: the copy cannot be written.
    Path obstacle = Files.createDirectories(log.resolveSibling("kafka.log.next").resolve("in"));

    housekeeping.tick();
    housekeeping.tick();

    assertThat(older).hasContent("history");
    assertThat(log).hasSize(LogFile.LARGEST);
    assertThat(noticed).singleElement().asString().contains("cannot keep " + log + " small");

    Files.delete(obstacle);
    Files.delete(obstacle.getParent());
    housekeeping.tick();

    assertThat(log).isEmptyFile();
    assertThat(older).hasSize(LogFile.LARGEST);
    assertThat(log.resolveSibling("kafka.log.2")).hasContent("history");
  }

  @Test
  void twoThatFindTheSameLogTooLargePutItAsideOnce() throws Exception {
    Path log = home.log("kafka");
    CyclicBarrier together = new CyclicBarrier(2);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int round = 1; round <= 10; round++) {
        Files.write(log, new byte[(int) LogFile.LARGEST]);
        Files.writeString(log.resolveSibling("kafka.log.1"), "history " + round);
        List<Future<?>> both = new ArrayList<>();
        for (int number = 0; number < 2; number++) {
          both.add(
              threads.submit(() -> {
                together.await();
                LogFile.keepSmall(log);
                return null;
              }));
        }
        for (Future<?> one : both) {
          one.get();
        }

        assertThat(log).isEmptyFile();
        assertThat(log.resolveSibling("kafka.log.1")).hasSize(LogFile.LARGEST);
        assertThat(log.resolveSibling("kafka.log.2")).hasContent("history " + round);
      }
    }
  }

  @Test
  void whatCouldNotBeWrittenDownIsTriedAgain() throws Exception {
    Files.writeString(home.state(), "{}");
    housekeeping.tick();
    assertThat(outdated).isZero();

    Files.setLastModifiedTime(home.state(), FileTime.fromMillis(0));
    housekeeping.tick();

    assertThat(outdated).isEqualTo(1);
  }

  @Test
  void lowDiskIsSaidOnceAndItsEndToo() {
    housekeeping.disk(5_000 * MIB);
    housekeeping.disk(900 * MIB);
    housekeeping.disk(800 * MIB);
    housekeeping.disk(5_000 * MIB);

    assertThat(noticed).hasSize(2);
    assertThat(noticed.getFirst()).contains("only 900 MiB", home.root().toString(), "Free some");
    assertThat(noticed.getLast()).contains("room on the disk again");
  }

  @Test
  void fullDiskIsRefusedBeforeAnythingIsStarted() {
    DiskSpace.requireRoom(folder, 300 * MIB);

    assertThatThrownBy(() -> DiskSpace.requireRoom(folder, 299 * MIB))
        .isInstanceOf(LocalException.class)
        .hasMessageContaining("only 299 MiB free")
        .hasMessageContaining("HEDDLE_HOME");
    assertThat(DiskSpace.usable(folder.resolve("not/there/yet"))).isPositive();
  }

  @Test
  void homeThatCannotBeLookedAtForAMomentIsNotRemoved() throws Exception {
    Path aside = home.root().resolve("run.aside");
    Files.move(home.run(), aside);
    // Too many levels of symbolic links: an error, but not that there is no such file.
    Files.createSymbolicLink(home.run(), home.run().getFileName());

    assertThat(housekeeping.tick()).isTrue();

    assertThat(removed).isZero();
    Files.delete(home.run());
    Files.move(aside, home.run());
  }

  @Test
  void removedHomeIsNoticedEvenIfThereIsANewOne() throws Exception {
    assertThat(housekeeping.tick()).isTrue();

    Folders.delete(home.root());
    home.create();
    try (SystemLock _ = SystemLock.tryTake(home).orElseThrow()) {
      assertThat(housekeeping.tick()).isFalse();
    }

    assertThat(removed).isEqualTo(1);
  }
}
