package dev.heddle.thread.turn;

import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.Continuation.Said;
import dev.heddle.thread.StorableText;
import dev.heddle.thread.compaction.Compaction;
import dev.heddle.thread.conversation.Utterance;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What of a conversation a run is told. */
final class Recent {

  /**
   * In UTF-8, of summary and messages together: what fits into a record beside the largest prompt
   * even when each byte of both is escaped.
   */
  static final int MAX_BYTES = 64 * 1024;

  /** Messages that are looked at; one more tells whether there are others before them. */
  static final int LOOK_BACK = 200;

  private Recent() {}

  /**
   * What an engine is told that goes on: the summary, and what was said after what it covers, as
   * many whole messages as fit from the last one backwards.
   *
   * @param whole summary of what was before the messages; null where nothing was summed up
   * @param throughOrdinal of the last message that the summary covers; 0 where there is none
   * @param path the last messages of the branch, the oldest first; one more than {@link #LOOK_BACK}
   *     where there are more
   */
  static Continuation.Context resumed(
      @Nullable String whole, int throughOrdinal, List<Utterance> path) {
    // One that was kept before there was a limit may be longer.
    String summary = whole == null ? null : StorableText.cut(whole, Compaction.MAX_SUMMARY_BYTES);
    int left = MAX_BYTES - (summary == null ? 0 : bytes(summary));
    List<Said> fitting = new ArrayList<>();
    int looked = 0;
    for (Utterance said : path.reversed()) {
      if (said.ordinal() <= throughOrdinal) {
        break;
      }
      left -= bytes(said.text());
      if (++looked > LOOK_BACK || left < 0) {
        return new Continuation.Context(summary, fitting.reversed(), true);
      }
      if (!said.text().isEmpty()) {
        fitting.add(new Said(said.role(), said.text()));
      }
    }
    return new Continuation.Context(summary, fitting.reversed(), false);
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
