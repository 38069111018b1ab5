package dev.heddle.thread.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.Role;
import dev.heddle.thread.compaction.Compaction;
import dev.heddle.thread.conversation.Utterance;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecentTest {

  @Test
  void whatWasSaidLastIsToldAndWhatDoesNotFitIsLeftOut() {
    String large = "ä".repeat(Recent.MAX_BYTES / 2 - 4);
    Continuation.Context context =
        Recent.resumed("sum", 0, List.of(said("first"), said(large), said("x")));
    assertThat(context.summary()).isEqualTo("sum");
    assertThat(context.messages()).extracting(Continuation.Said::text).containsExactly(large, "x");
    assertThat(context.truncated()).isTrue();
  }

  @Test
  void aMessageThatDoesNotFitHidesAllBeforeIt() {
    Continuation.Context context =
        Recent.resumed(
            null, 0, List.of(said("first"), said("y".repeat(Recent.MAX_BYTES)), said("x")));
    assertThat(context.messages()).extracting(Continuation.Said::text).containsExactly("x");
    assertThat(context.truncated()).isTrue();
  }

  @Test
  void whatFitsIsToldWholeAndInOrder() {
    Continuation.Context context =
        Recent.resumed(null, 0, List.of(said("one"), said(""), said("two")));
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
        Recent.resumed("s".repeat(2 * Recent.MAX_BYTES), 0, List.of(said("last")));
    assertThat(context.summary()).hasSize(Compaction.MAX_SUMMARY_BYTES);
    assertThat(context.messages()).extracting(Continuation.Said::text).containsExactly("last");
  }

  @Test
  void whetherMoreWasSaidThanIsLookedAtIsKnown() {
    List<Utterance> path =
        IntStream.rangeClosed(11, 11 + Recent.LOOK_BACK).mapToObj(i -> said(i, "x")).toList();
    Continuation.Context all = Recent.resumed(null, 0, path);
    assertThat(all.messages()).hasSize(Recent.LOOK_BACK);
    assertThat(all.truncated()).isTrue();
    assertThat(Recent.resumed("sum", 10, path).truncated()).isTrue();
    Continuation.Context covered = Recent.resumed("sum", 11, path);
    assertThat(covered.messages()).hasSize(Recent.LOOK_BACK);
    assertThat(covered.truncated()).isFalse();
    assertThat(Recent.resumed(null, 0, path.subList(1, path.size())).truncated()).isFalse();
  }

  private static Utterance said(String text) {
    return said(1, text);
  }

  private static Utterance said(int ordinal, String text) {
    return new Utterance(ordinal, Role.USER, text);
  }
}
