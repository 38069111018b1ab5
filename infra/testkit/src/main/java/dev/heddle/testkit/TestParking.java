package dev.heddle.testkit;

import dev.heddle.contracts.ParkedRecord;
import dev.heddle.contracts.Topics;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import tools.jackson.databind.json.JsonMapper;

/** What was parked on the broker of this JVM. */
public final class TestParking {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private TestParking() {}

  /** What of a topic was parked under a key so far, in the order of the log. */
  public static List<ParkedRecord> of(String topic, String key) {
    return TestKafka.recordsOf(Topics.PARKED.name()).stream()
        .map(record -> JSON.readValue(record.value(), ParkedRecord.class))
        .filter(parked -> parked.topic().equals(topic) && key.equals(parked.key()))
        .toList();
  }

  /** Waits for so many, and returns all that there are. */
  public static List<ParkedRecord> await(String topic, String key, int atLeast) {
    return Awaitility.await("%d parked of %s".formatted(atLeast, topic))
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> of(topic, key), parked -> parked.size() >= atLeast);
  }
}
