package dev.heddle.thread.api;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.heddle.rest.Choice;
import dev.heddle.thread.ThreadError;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The orders in which threads can be listed, each with an index of its own. */
enum ThreadSort {
  /** The latest activity first. */
  ACTIVITY("r.last_activity_at", "r.thread_id", true),
  /** The youngest first. */
  CREATED("t.created_at", "t.id", true),
  /** By title, in any case. */
  TITLE("lower(t.title)", "t.id", false);

  private final String key;
  private final String id;
  private final boolean descending;

  ThreadSort(String key, String id, boolean descending) {
    this.key = key;
    this.id = id;
    this.descending = descending;
  }

  static ThreadSort of(@Nullable String text) {
    return Objects.requireNonNullElse(
        Choice.of("sort", text, ThreadSort.class, ThreadSort::wire, ThreadError.INVALID_CHOICE),
        ACTIVITY);
  }

  @JsonValue
  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What threads are ordered by. */
  String key() {
    return key;
  }

  String id() {
    return id;
  }

  String orderBy() {
    String direction = descending ? " desc" : "";
    return key + direction + ", " + id + direction;
  }

  /** That a thread comes after the place {@code (:key, :id)}. */
  String after() {
    return "(%s, %s) %s (:key, :id)".formatted(key, id, descending ? "<" : ">");
  }

  /**
   * A key as PostgreSQL compares it.
   *
   * @param text as {@link #textOf} made it
   */
  Object keyOf(String text) {
    return this == TITLE ? text : OffsetDateTime.ofInstant(Instant.parse(text), ZoneOffset.UTC);
  }

  /** A key of a row as text. */
  String textOf(Object key) {
    return key instanceof OffsetDateTime time ? time.toInstant().toString() : key.toString();
  }
}
