package dev.heddle.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HousekeepingTest {

  private static final long MIB = 1024L * 1024;

  @TempDir Path folder;
  private final List<String> noticed = new ArrayList<>();
  private int removed;
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
