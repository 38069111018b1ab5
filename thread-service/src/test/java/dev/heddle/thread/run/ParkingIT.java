package dev.heddle.thread.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.ParkedRecord;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.Topics;
import dev.heddle.testkit.Poison;
import dev.heddle.testkit.TestParking;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.kafka.core.ProducerFactory;

class ParkingIT extends ThreadServiceSetting {

  private static final String TOPIC = Topics.SESSION_CHANGED.name();

  @Autowired private MeterRegistry meters;
  @Autowired private ProducerFactory<Object, Object> clients;

  @Test
  void whatCannotBeTakenIsParkedAndCountedAndTheNextIsHandled() {
    Answer dispatched =
        http.post("/api/dispatch", Map.of("project", project(), "prompt", "echo hello"));
    String thread = dispatched.text("threadId");
    String session = dispatched.text("sessionId");
    String ids = "\"sessionId\":\"%s\",\"threadId\":\"%s\"".formatted(session, thread);
    double before = parked();
    List<String> expected = new ArrayList<>();
    try (var producer = clients.createProducer()) {
      for (Poison poison : Poison.values()) {
        var _ = producer.send(new ProducerRecord<>(TOPIC, thread, poison.payload()));
        expected.add("unreadable");
      }
      Map.of(
              "{%s,\"version\":1,\"session\":{\"status\":\"teleported\"}}".formatted(ids),
              "unknown_value",
              "{%s,\"version\":1}".formatted(ids),
              "unreadable",
              "{\"type\":\"from.the.future\"}",
              "unreadable",
              "{%s}".formatted(ids.replace(thread, session)),
              "wrong_key")
          .forEach((payload, code) -> {
            var _ = producer.send(new ProducerRecord<>(TOPIC, thread, payload.getBytes(UTF_8)));
            expected.add(code);
          });
      producer.flush();
    }

    publish(
        new SessionScript(ThreadId.of(thread), SessionId.of(session))
            .queued()
            .claimed("worker-1")
            .started("/work", null)
            .changes());

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> http.get("/api/threads/" + thread).text("status").equals("running"));
    List<ParkedRecord> parked = TestParking.await(TOPIC, thread, expected.size());
    assertThat(parked).extracting(ParkedRecord::code).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(parked).extracting(ParkedRecord::consumer).containsOnly(Topics.THREAD_SERVICE);
    assertThat(parked() - before).isEqualTo(expected.size());
  }

  private double parked() {
    return meters.find("heddle.parked.records").tag("topic", TOPIC).counters().stream()
        .mapToDouble(Counter::count)
        .sum();
  }
}
