package dev.heddle.thread.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.compaction.Compaction;
import dev.heddle.thread.conversation.Message;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RecentTest {

  @Test
  void whatWasSaidLastIsToldAndWhatDoesNotFitIsLeftOut() {
    String large = "ä".repeat(Recent.MAX_BYTES / 2 - 4);
    Continuation.Context context =
        Recent.context("sum", List.of(said("first"), said(large), said("x")));
    assertThat(context.summary()).isEqualTo("sum");
    assertThat(context.messages()).extracting(Continuation.Said::text).containsExactly(large, "x");
    assertThat(context.truncated()).isTrue();
  }

  @Test
  void aMessageThatDoesNotFitHidesAllBeforeIt() {
    Continuation.Context context =
        Recent.context(null, List.of(said("first"), said("y".repeat(Recent.MAX_BYTES)), said("x")));
    assertThat(context.messages()).extracting(Continuation.Said::text).containsExactly("x");
    assertThat(context.truncated()).isTrue();
  }

  @Test
  void whatFitsIsToldWholeAndInOrder() {
    Continuation.Context context =
        Recent.context(null, List.of(said("one"), said(""), said("two")));
    assertThat(context.messages())
        .extracting(Continuation.Said::text)
        .containsExactly("one", "two");
    assertThat(context.truncated()).isFalse();
  }

  @Test
  void whatIsResumedIsTheSummaryAndWhatWasSaidAfterIt() {
    Continuation.Context context =
        Recent.resumed("sum", 2, List.of(said(1, "a"), said(2, "b"), said(5, "c"), said(6, "d")));
    assertThat(context.summary()).isEqualTo("sum");
    assertThat(context.messages()).extracting(Continuation.Said::text).containsExactly("c", "d");
    assertThat(context.truncated()).isFalse();
  }

  @Test
  void aSummaryLeavesRoomForWhatWasSaidLast() {
    Continuation.Context context =
        Recent.context("s".repeat(2 * Recent.MAX_BYTES), List.of(said("last")));
    assertThat(context.summary()).hasSize(Compaction.MAX_SUMMARY_BYTES);
    assertThat(context.messages()).extracting(Continuation.Said::text).containsExactly("last");
  }

  private static Message said(String text) {
    return said(1, text);
  }

  private static Message said(int ordinal, String text) {
    return Message.ofUser(
        new MessageId(UUID.randomUUID()),
        new ThreadId(UUID.randomUUID()),
        ordinal,
        null,
        text,
        new SessionId(UUID.randomUUID()),
        Instant.EPOCH);
  }
}
