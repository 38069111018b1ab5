package dev.heddle.trace.timeline;

import dev.heddle.trace.log.Entry.AttemptId;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The working copy of a transcript item while one batch is folded. Its text is either settled, or
 * grows by pieces that are stored one per batch.
 */
final class Item {

  /** What identifies an item: an id within its timeline. */
  record Key(UUID timeline, String id) {}

  final Key key;
  final long position;
  final AttemptId attempt;
  final Instant at;
  final Map<String, Object> details = new TreeMap<>();
  ItemKind kind;

  /** Whether a later event, or the end of the attempt, still changes it. */
  boolean open;

  @Nullable String role;
  @Nullable String status;
  private @Nullable String settled;
  private int chars;
  private final StringBuilder appended = new StringBuilder();
  private long appendedAt;
  private boolean dropsPieces;
  private boolean deleted;

  Item(Key key, long position, AttemptId attempt, Instant at, ItemKind kind) {
    this.key = key;
    this.position = position;
    this.attempt = attempt;
    this.at = at;
    this.kind = kind;
  }

  /** Takes over what is stored: the text itself is never needed to go on. */
  void restore(@Nullable String settledText, int storedChars) {
    settled = settledText;
    chars = storedChars;
  }

  /** Replaces the text, cut at the limit. */
  void settle(String text, int limit) {
    settled = Texts.cut(text, limit);
    if (settled.length() < text.length()) {
      details.put("truncated", true);
    }
    chars = settled.length();
    appended.setLength(0);
    dropsPieces = true;
  }

  /** Adds to a text that is not settled, up to the limit; what is beyond is counted, not kept. */
  void append(String text, long atPosition, int limit) {
    String kept = Texts.cut(text, Math.max(0, limit - chars));
    appended.append(kept);
    appendedAt = atPosition;
    chars += kept.length();
    if (kept.length() < text.length()) {
      details.put("truncated", true);
      // Never again a bit of a later line after a hole.
      chars = limit;
      Object omitted = details.getOrDefault("omittedChars", 0L);
      details.put("omittedChars", ((Number) omitted).longValue() + text.length() - kept.length());
    }
  }

  /** Whether it is a marker that only shows while the run starts. */
  boolean isLabel() {
    return kind == ItemKind.MARKER && open;
  }

  void delete() {
    deleted = true;
  }

  boolean isDeleted() {
    return deleted;
  }

  @Nullable String settled() {
    return settled;
  }

  int chars() {
    return chars;
  }

  /** What this batch added. */
  String appended() {
    return appended.toString();
  }

  long appendedAt() {
    return appendedAt;
  }

  /** Whether pieces stored earlier are no longer the text. */
  boolean dropsPieces() {
    return dropsPieces;
  }
}
