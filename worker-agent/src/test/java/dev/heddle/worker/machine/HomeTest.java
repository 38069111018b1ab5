package dev.heddle.worker.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.contracts.Ids;
import dev.heddle.testkit.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTest {

  private final SettableClock clock = SettableClock.at("2026-11-21T09:00:00Z");
  private final Ids ids = new Ids(clock, new Random(1));
  @TempDir Path folder;

  @Test
  void twoWorkersCannotShareAHome() throws IOException {
    try (Home home = open()) {
      assertThat(home.path()).isDirectory();
      assertThatThrownBy(this::open)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another worker runs in")
          .hasMessageContaining("heddle.worker.home");
    }
    open().close();
  }

  @Test
  void theHostIdStaysAndTheIncarnationRises() throws IOException {
    String hostId;
    long incarnation;
    try (Home first = open()) {
      hostId = first.hostId();
      incarnation = first.incarnation();
      assertThat(incarnation).isEqualTo(clock.millis());
    }
    try (Home second = open()) {
      assertThat(second.hostId()).isEqualTo(hostId);
      assertThat(second.incarnation()).isEqualTo(incarnation + 1);
    }
    clock.advance(Duration.ofDays(-400));
    try (Home third = open()) {
      assertThat(third.incarnation()).isEqualTo(incarnation + 2);
    }
  }

  @Test
  void remembersWhereTheControlTopicGoesOn() throws IOException {
    try (Home home = open()) {
      assertThat(home.controlOffset()).isEmpty();
      home.storeControlOffset(42);
    }
    try (Home home = open()) {
      assertThat(home.controlOffset()).hasValue(42);
    }
  }

  @Test
  void aDamagedFileIsNamed() throws IOException {
    Files.writeString(folder.resolve("incarnation"), "soon");

    assertThatThrownBy(this::open).hasMessageContaining("incarnation is damaged");
  }

  @Test
  void aHomeThatCannotBeWrittenIsNamed() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    assertThatThrownBy(() -> Home.open(file.resolve("home"), clock, ids))
        .hasMessageContaining("heddle.worker.home")
        .hasMessageContaining(file.toString());
  }

  private Home open() throws IOException {
    return Home.open(folder, clock, ids);
  }
}
