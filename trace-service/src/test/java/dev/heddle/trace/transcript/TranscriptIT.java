package dev.heddle.trace.transcript;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ToolStatus;
import dev.heddle.trace.Run;
import dev.heddle.trace.Sse;
import dev.heddle.trace.TraceServiceIT;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class TranscriptIT extends TraceServiceIT {

  @Test
  void aTypicalRunReadsAsPromptAnswerAndMarkers() {
    Run run = Run.ofThread().typical("one", "two");
    publish(run.drain());
    awaitStored(run.session, 13);

    JsonNode page = json("/api/threads/%s/transcript".formatted(run.thread));

    assertThat(page.path("nextCursor").isNull()).isTrue();
    assertThat(page.path("streamCursor").asString()).isNotEmpty();
    assertThat(lines(page))
        .containsExactly(
            "message user do it",
            "message assistant one\ntwo",
            "marker running",
            "marker completed");
    JsonNode answer = page.path("items").get(1);
    assertThat(answer.path("id").asString()).isEqualTo(run.answer.toString());
    assertThat(answer.path("sessionId").asString()).isEqualTo(run.session.toString());
    assertThat(answer.path("attempt").asInt()).isEqualTo(1);
    assertThat(answer.path("status").asString()).isEqualTo("completed");
    assertThat(answer.path("messageId").asString()).isEqualTo(run.answer.toString());
    assertThat(answer.has("transient")).isFalse();
    assertThat(lines(json("/api/sessions/%s/transcript".formatted(run.session))))
        .isEqualTo(lines(page));
  }

  @Test
  void aRunningSessionShowsItsLabelThenWhatIsTyped() {
    Run run = Run.ofThread().prompt("p").status(SessionStatus.QUEUED, 0, "no slot");
    publish(run.drain());
    awaitStored(run.session, 2);
    JsonNode waiting = json("/api/threads/%s/transcript".formatted(run.thread));
    assertThat(lines(waiting)).containsExactly("message user p", "marker queued");
    assertThat(waiting.path("items").get(1).path("transient").asBoolean()).isTrue();
    assertThat(waiting.path("items").get(1).path("reason").asString()).isEqualTo("no slot");

    publish(run.engineStarted(1).line(1, "a").drain());
    awaitStored(run.session, 4);
    publish(run.line(1, "b").drain());
    awaitStored(run.session, 5);
    assertThat(lines(json("/api/threads/%s/transcript".formatted(run.thread))))
        .containsExactly("message user p", "typing assistant a\nb\n");
  }

  @Test
  void aSessionWithoutAThreadHasATranscriptOfItsOwn() {
    Run run = Run.withoutThread().typical("one");
    publish(run.drain());
    awaitStored(run.session, 12);

    assertThat(lines(json("/api/sessions/%s/transcript".formatted(run.session))))
        .contains("message assistant one");
  }

  @Test
  void aTranscriptOfNothingIsEmptyAndItsStreamBeginsAtTheBeginning() {
    Run run = Run.ofThread().typical("one");
    JsonNode thread = json("/api/threads/%s/transcript".formatted(run.thread));
    JsonNode session = json("/api/sessions/%s/transcript".formatted(run.session));
    assertThat(thread.path("items").size()).isZero();
    assertThat(session.path("items").size()).isZero();

    publish(run.drain());
    for (String path :
        List.of(
            "/api/threads/%s/stream?until=end&after=%s"
                .formatted(run.thread, thread.path("streamCursor").asString()),
            "/api/sessions/%s/stream?until=end&after=%s"
                .formatted(run.session, session.path("streamCursor").asString()))) {
      try (Sse stream = stream(path)) {
        assertThat(stream.untilEnd()).hasSize(12);
      }
    }
  }

  @Test
  void pagesShowTheTranscriptAsOfTheFirstAndTheStreamContinuesThere() {
    Run run = Run.ofThread().prompt("p").engineStarted(1);
    for (int i = 0; i < 10; i++) {
      run.tool(1, "t" + i, ToolStatus.COMPLETED, "out " + i);
    }
    publish(run.line(1, "early").drain());
    awaitStored(run.session, 13);

    String path = "/api/threads/%s/transcript?limit=5".formatted(run.thread);
    JsonNode first = json(path);
    publish(run.line(1, "late").end(SessionStatus.COMPLETED, 1).drain());
    awaitStored(run.session, 15);

    List<String> all = new ArrayList<>(lines(first));
    JsonNode page = first;
    while (!page.path("nextCursor").isNull()) {
      page = json(path + "&cursor=" + page.path("nextCursor").asString());
      assertThat(page.path("streamCursor")).isEqualTo(first.path("streamCursor"));
      all.addAll(lines(page));
    }
    // It has become a message by now, but its text is that of the first page's moment.
    assertThat(all).hasSize(12).last().isEqualTo("message assistant early\n");

    String stream =
        "/api/threads/%s/stream?until=end&after=%s"
            .formatted(run.thread, first.path("streamCursor").asString());
    try (Sse events = stream(stream)) {
      assertThat(events.untilEnd())
          .extracting(frame -> frame.data().path("body").path("kind").asString())
          .containsExactly("engine.output", "session.status");
    }
  }

  @Test
  void aTextOfTheLargestEventIsWholeAndALongerOneIsCut() {
    Run run = Run.ofThread();
    publish(run.answer(1, "x".repeat(256 * 1024), MessageStatus.COMPLETED).drain());
    Run longer = Run.ofThread();
    publish(longer.answer(1, "y".repeat(300 * 1024), MessageStatus.COMPLETED).drain());
    awaitStored(run.session, 1);
    awaitStored(longer.session, 1);

    JsonNode whole = json("/api/threads/%s/transcript".formatted(run.thread)).path("items").get(0);
    assertThat(whole.path("text").asString()).hasSize(256 * 1024);
    assertThat(whole.has("truncated")).isFalse();
    JsonNode cut = json("/api/threads/%s/transcript".formatted(longer.thread)).path("items").get(0);
    assertThat(cut.path("text").asString()).hasSize(256 * 1024);
    assertThat(cut.path("truncated").asBoolean()).isTrue();
  }

  @Test
  void twoThousandLinesAreNotWrittenAgainForEachOther() {
    Run run = Run.ofThread();
    for (int batch = 0; batch < 20; batch++) {
      for (int i = 0; i < 100; i++) {
        run.line(1, "line " + (batch * 100 + i) + " " + "x".repeat(80));
      }
      publish(run.drain());
      awaitStored(run.session, (batch + 1) * 100L);
    }

    JsonNode typing = json("/api/threads/%s/transcript".formatted(run.thread)).path("items").get(0);
    assertThat(typing.path("text").asString().lines()).hasSize(2_000);
    Long written =
        jdbc.queryForObject(
            "select sum(length(text)) from transcript_text where timeline = ?",
            Long.class,
            run.thread.value());
    assertThat(written).isEqualTo(typing.path("text").asString().length());
    assertThat(
            jdbc.queryForObject(
                "select text is null from transcript_item where timeline = ?",
                Boolean.class,
                run.thread.value()))
        .isTrue();
  }

  @Test
  void theSummaryTellsCountsTimesAndOutput() {
    Run run = Run.ofThread().typical("one", "two");
    publish(run.drain());
    awaitStored(run.session, 13);

    JsonNode summary = json("/api/sessions/%s/summary".formatted(run.session));
    assertThat(summary.path("status").asString()).isEqualTo("completed");
    assertThat(summary.path("events").asInt()).isEqualTo(13);
    assertThat(summary.path("counts").path("session.status").asInt()).isEqualTo(4);
    assertThat(summary.path("outputBytes").asInt()).isEqualTo(6);
    assertThat(summary.path("machine").asString()).isEqualTo("m1");
    assertThat(summary.path("times").path("waitedMillis").asLong()).isEqualTo(10);
    assertThat(summary.path("times").path("ranMillis").asLong()).isPositive();

    JsonNode none = json("/api/sessions/%s/summary".formatted(Run.id()));
    assertThat(none.path("events").asInt()).isZero();
    assertThat(none.has("status")).isFalse();
  }

  private static List<String> lines(JsonNode page) {
    List<String> lines = new ArrayList<>();
    for (JsonNode item : page.path("items")) {
      String kind = item.path("kind").asString();
      lines.add(
          switch (kind) {
            case "marker" -> "marker " + item.path("status").asString();
            case "message", "typing" ->
                kind + " " + item.path("role").asString() + " " + item.path("text").asString();
            default -> kind + " " + item.path("text").asString("");
          });
    }
    return lines;
  }
}
