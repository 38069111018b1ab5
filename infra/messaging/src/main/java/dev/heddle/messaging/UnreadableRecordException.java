package dev.heddle.messaging;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A payload that cannot become the record that is expected; trying again never helps. */
public final class UnreadableRecordException extends RuntimeException {

  private final Code code;

  UnreadableRecordException(Code code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /**
   * What is wrong: {@code unreadable}, {@code unknown_type}, {@code unknown_value} or {@code
   * wrong_key}.
   */
  public String code() {
    return code.name().toLowerCase(Locale.ROOT);
  }

  /** The kinds of unreadable payload, as parked records and metrics name them. */
  enum Code {
    UNREADABLE,
    UNKNOWN_TYPE,
    UNKNOWN_VALUE,
    WRONG_KEY
  }
}
