package dev.heddle.thread.dispatch;

import dev.heddle.rest.Choice;
import dev.heddle.thread.ThreadError;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is to become of a message to a thread that is busy. */
enum IfBusy {
  /** It waits behind the other follow-ups. */
  QUEUE,
  /** The run takes it up where its engine can; else it waits ahead of the other follow-ups. */
  STEER,
  /** The run is stopped, and it comes next. */
  INTERRUPT,
  /** It is refused. */
  REJECT;

  static IfBusy of(@Nullable String text) {
    return Objects.requireNonNullElse(
        Choice.of("ifBusy", text, IfBusy.class, IfBusy::wire, ThreadError.INVALID_IF_BUSY), QUEUE);
  }

  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
