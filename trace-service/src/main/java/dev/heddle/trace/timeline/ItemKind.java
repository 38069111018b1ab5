package dev.heddle.trace.timeline;

import java.util.Locale;

/** What a transcript item shows. */
public enum ItemKind {
  /** A whole message. */
  MESSAGE,
  /** A message that is being written: its text so far. */
  TYPING,
  /** A tool call, as far as it has come. */
  TOOL,
  /** Something that the engine asked a person, and what became of it. */
  APPROVAL,
  /** A step in the life of the session. */
  MARKER,
  /** A notice of the worker or the engine. */
  NOTICE,
  ERROR,
  /** Output of the engine's process that belongs to no message, collapsed into one text. */
  OUTPUT,
  /** Stands for an event that could not be read. */
  UNREADABLE;

  /** The form in the database and in the API. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  static ItemKind of(String wire) {
    return valueOf(wire.toUpperCase(Locale.ROOT));
  }
}
