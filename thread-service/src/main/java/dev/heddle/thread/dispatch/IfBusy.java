package dev.heddle.thread.dispatch;

import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
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
    if (text == null) {
      return QUEUE;
    }
    return Arrays.stream(values())
        .filter(choice -> choice.wire().equals(text))
        .findFirst()
        .orElseThrow(() ->
            new ProblemException(
                ThreadError.INVALID_IF_BUSY,
                "ifBusy must be one of "
                    + Arrays.stream(values()).map(IfBusy::wire).collect(Collectors.joining(", "))));
  }

  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
