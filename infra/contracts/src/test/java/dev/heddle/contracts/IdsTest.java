package dev.heddle.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class IdsTest {

  private long millis = Instant.parse("2026-11-21T10:15:30.123Z").toEpochMilli();
  private final Ids ids = new Ids(() -> Instant.ofEpochMilli(millis), new Random(7));

  @Test
  void carriesVersionVariantAndTime() {
    UUID id = ids.next();

    assertThat(id.version()).isEqualTo(7);
    assertThat(id.variant()).isEqualTo(2);
    assertThat(Ids.millisOf(id)).isEqualTo(millis);
  }

  @Test
  void risesWithinAMillisecondPastTheCounter() {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      made.add(ids.next().toString());
    }

    assertThat(made).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void risesWhenTheClockStepsBack() {
    UUID before = ids.next();
    millis -= 60_000;

    assertThat(ids.next().toString()).isGreaterThan(before.toString());
  }

  @Test
  void refusesWhatIsNotAnId() {
    assertThatThrownBy(() -> SessionId.of("1-1-1-1-1"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SessionId.of("not an id"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new MachineId("Worker 1"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
