package dev.heddle.trace.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.Origin;
import dev.heddle.contracts.TraceBody;
import dev.heddle.messaging.Json;
import dev.heddle.trace.Run;
import dev.heddle.trace.log.Entry.Event;
import dev.heddle.trace.log.Entry.Unreadable;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class TraceDecoderTest {

  private static final String SESSION = "0199aaaa-0000-7000-8000-000000000001";

  @Test
  void nulAndLoneSurrogatesAreReplacedAndMarked() {
    Event event = (Event) decode(output("a\\u0000b\\ud83dc\\ude00d\\ud83d\\ude00"));

    assertThat(event.content().cleaned()).isTrue();
    TraceBody.EngineOutput body = (TraceBody.EngineOutput) event.content().body();
    assertThat(body.text()).isEqualTo("a\uFFFDb\uFFFDc\uFFFDd\uD83D\uDE00");
    assertThat(body.cleaned()).isTrue();
    assertThat(event.content().json()).doesNotContain("\\u0000");
  }

  @Test
  void whatOnlyLooksLikeAnEscapeStaysAsItIs() {
    Event event = (Event) decode(output("a\\\\u0000 \\u001b[0m"));

    assertThat(event.content().cleaned()).isFalse();
    assertThat(((TraceBody.EngineOutput) event.content().body()).text())
        .isEqualTo("a\\u0000 \u001b[0m");
  }

  @Test
  void aKindOfTheFutureLeavesAPlaceholder() {
    Unreadable unreadable =
        (Unreadable) decode(event("{\"kind\":\"engine.teleported\",\"to\":\"mars\"}"));

    assertThat(unreadable.code()).isEqualTo("unknown_type");
    Event placeholder = unreadable.placeholder();
    assertThat(placeholder.id())
        .isEqualTo(new Entry.EventId(UUID.fromString(SESSION), 1, Origin.WORKER, 7));
    assertThat(placeholder.content().kind()).isEqualTo("unreadable");
    assertThat(placeholder.content().json()).contains("engine.teleported").doesNotContain("mars");
  }

  @Test
  void whatNamesNoSessionLeavesNothing() {
    assertThat(unreadable("{").placeholder()).isNull();
    assertThat(unreadable("[1]").placeholder()).isNull();
    assertThat(unreadable("{\"type\":\"trace.event\"}").placeholder()).isNull();
    assertThat(unreadable("{\"type\":\"trace.event\",\"sessionId\":\"x\"}").placeholder()).isNull();
    assertThat(((Unreadable) decode(SESSION, null)).placeholder()).isNull();
  }

  @Test
  void aBodyThatLacksAFieldIsUnreadable() {
    assertThat(unreadable(event("{\"kind\":\"notice\",\"level\":\"info\"}")).placeholder())
        .isNotNull();
  }

  @Test
  void aRecordUnderAnotherKeyIsUnreadableAndHasNoPlace() {
    Unreadable unreadable =
        (Unreadable) decode("0199aaaa-0000-7000-8000-000000000002", output("x").getBytes(UTF_8));

    assertThat(unreadable.reason()).contains("key");
    assertThat(unreadable.placeholder()).isNull();
  }

  @Test
  void aTimeThatNoDatabaseHoldsIsUnreadable() {
    String record = output("x").replace("2026-11-21T10:00:00Z", "+1000000-01-01T00:00:00Z");

    assertThat(unreadable(record).reason()).contains("at");
  }

  @Test
  void everyRecordOfARunIsRead() {
    for (var record : Run.ofThread().typical("a").drain()) {
      assertThat(decode(record.key(), Json.bytes(record))).isNotInstanceOf(Unreadable.class);
    }
  }

  @Test
  void ordinalsRiseAlongTheLogAndAcrossEpochs() {
    assertThat(new LogPosition(1, 3, -1).ordinal()).isLessThan(new LogPosition(1, 3, 0).ordinal());
    assertThat(new LogPosition(1, 3, (1L << 44) - 1).ordinal())
        .isLessThan(new LogPosition(2, 3, 0).ordinal());
    LogPosition position = new LogPosition(5, 3, 77);
    assertThat(LogPosition.of(position.ordinal(), 3)).isEqualTo(position);
    assertThat(PositionCursor.parse(PositionCursor.of(position))).isEqualTo(position);
  }

  private static String output(String text) {
    return event(
        "{\"kind\":\"engine.output\",\"stream\":\"stdout\",\"text\":\"%s\",\"part\":0,\"more\":false,\"cleaned\":false}"
            .formatted(text));
  }

  private static String event(String body) {
    return ("{\"type\":\"trace.event\",\"sessionId\":\"%s\",\"attempt\":1,\"origin\":\"worker\","
            + "\"seq\":7,\"at\":\"2026-11-21T10:00:00Z\",\"body\":%s}")
        .formatted(SESSION, body);
  }

  private static Unreadable unreadable(String json) {
    return (Unreadable) decode(json);
  }

  private static Entry decode(String json) {
    return decode(SESSION, json.getBytes(UTF_8));
  }

  private static Entry decode(String key, byte[] payload) {
    return TraceDecoder.decode(new ConsumerRecord<>("trace.events", 3, 9, key, payload), 1);
  }
}
