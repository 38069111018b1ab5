package dev.heddle.thread.api;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.Role;
import dev.heddle.thread.conversation.Message;
import java.time.Instant;

/**
 * A branch of a conversation as clients see it.
 *
 * @param messageId its last message
 * @param ordinal of that one
 * @param active whether the next message goes behind it
 * @param role of its last message
 * @param preview how that one begins
 * @param createdAt of that one
 */
record BranchView(
    MessageId messageId,
    int ordinal,
    boolean active,
    Role role,
    String preview,
    Instant createdAt) {

  private static final int PREVIEW_CODE_POINTS = 200;

  static BranchView of(Message leaf, boolean active) {
    String text = leaf.text();
    int shown = Math.min(PREVIEW_CODE_POINTS, text.codePointCount(0, text.length()));
    return new BranchView(
        leaf.id(),
        leaf.ordinal(),
        active,
        leaf.role(),
        text.substring(0, text.offsetByCodePoints(0, shown)),
        leaf.createdAt());
  }
}
