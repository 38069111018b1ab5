package dev.heddle.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.Origin;
import dev.heddle.contracts.Role;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.TraceRecord.TraceEvent;
import dev.heddle.messaging.Json;
import dev.heddle.testkit.SettableClock;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AnswerTest {

  private final Answer answer = new Answer();

  @Test
  void joinsLinesAndDropsTheLastLineEnd() {
    answer.add("one", true);
    answer.add("tw", false);
    answer.add("o", true);

    assertThat(answer.text()).isEqualTo("one\ntwo");
    assertThat(answer.truncated()).isFalse();
  }

  @Test
  void exactlyAtTheLimitNothingIsCut() {
    answer.add("x".repeat(Answer.LIMIT_BYTES), true);

    assertThat(answer.text()).hasSize(Answer.LIMIT_BYTES);
    assertThat(answer.truncated()).isFalse();
  }

  @Test
  void beyondTheLimitItIsCutBetweenCharacters() {
    answer.add("🧵".repeat(Answer.LIMIT_BYTES / 4), false);
    answer.add("🧵", false);
    answer.add("more", true);

    assertThat(answer.truncated()).isTrue();
    assertThat(answer.text().getBytes(StandardCharsets.UTF_8)).hasSize(Answer.LIMIT_BYTES);
    assertThat(answer.text()).endsWith("🧵");
  }

  @Test
  void evenTheWorstAnswerFitsIntoOneEvent() {
    while (!answer.truncated()) {
      answer.add("\"\\".repeat(500), true);
    }
    Ids ids = new Ids(SettableClock.at("2026-11-21T09:00:00Z"), new Random(1));

    byte[] event =
        Json.bytes(
            new TraceEvent(
                new SessionId(ids.next()),
                new ThreadId(ids.next()),
                1,
                Origin.WORKER,
                Long.MAX_VALUE,
                SettableClock.at("2026-11-21T09:00:00.123456789Z").instant(),
                new TraceBody.Message(
                    new MessageId(ids.next()),
                    Role.ASSISTANT,
                    answer.text(),
                    MessageStatus.COMPLETED,
                    true)));

    assertThat(event.length).isLessThanOrEqualTo(256 * 1024).isGreaterThan(230 * 1024);
  }
}
