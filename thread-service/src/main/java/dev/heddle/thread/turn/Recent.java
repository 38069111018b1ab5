package dev.heddle.thread.turn;

import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.Continuation.Said;
import dev.heddle.thread.StorableText;
import dev.heddle.thread.compaction.Compaction;
import dev.heddle.thread.conversation.Message;
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

  private Recent() {}

  /**
   * The summary and as many whole messages as fit, from the last one backwards.
   *
   * @param whole summary of what was before the messages; null where nothing was summed up
   * @param path the messages, the oldest first
   */
  static Continuation.Context context(@Nullable String whole, List<Message> path) {
    // One that was kept before there was a limit may be longer.
    String summary =
        whole == null ? null : StorableText.cut(whole, Compaction.MAX_SUMMARY_BYTES);
    int left = MAX_BYTES - (summary == null ? 0 : bytes(summary));
    List<Said> fitting = new ArrayList<>();
    boolean truncated = false;
    for (Message message : path.reversed()) {
      if (message.text().isEmpty()) {
        continue;
      }
      left -= bytes(message.text());
      if (left < 0) {
        truncated = true;
        break;
      }
      fitting.add(new Said(message.role(), message.text()));
    }
    return new Continuation.Context(summary, fitting.reversed(), truncated);
  }

  /**
   * What an engine is told that goes on: the summary, and what was said after what it covers.
   *
   * @param throughOrdinal of the last message that the summary covers; 0 where there is none
   * @param path the last messages of the branch, the oldest first
   */
  static Continuation.Context resumed(
      @Nullable String summary, int throughOrdinal, List<Message> path) {
    return context(
        summary, path.stream().filter(message -> message.ordinal() > throughOrdinal).toList());
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
