package dev.heddle.local;

import org.jspecify.annotations.Nullable;

/** Why Heddle cannot run here, in words that tell the person at the terminal what to do. */
public final class LocalException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What kind of help is needed. */
  public enum Kind {
    /** Something that this machine lacks or forbids: a program, a permission, disk space. */
    ENVIRONMENT,
    /** The gateway's port belongs to another program. */
    PORT_IN_USE,
    /** Another launcher holds this home. */
    BUSY,
    /** A part did not become ready; its log tells why. */
    PART_FAILED
  }

  private final Kind kind;

  public LocalException(Kind kind, String message) {
    this(kind, message, null);
  }

  public LocalException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /** The message; never null for this exception. */
  public String text() {
    String message = getMessage();
    return message == null ? kind.name() : message;
  }
}
