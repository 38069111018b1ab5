package dev.heddle.thread.api;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The active branch of a thread.
 *
 * @param messageId its last message; null before any
 * @param sessionId the run that puts its files back; null where the files stay
 */
record ActiveBranch(
    @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            type = "string",
            format = "uuid",
            example = "0199a2c4-9001-7abc-8def-0123456789ab")
        @Nullable String messageId,
    @Nullable SessionId sessionId) {

  /** Null before the first message. */
  static ActiveBranch of(@Nullable MessageId last) {
    return of(last, null);
  }

  /** With the run that puts its files back. */
  static ActiveBranch of(@Nullable MessageId last, @Nullable SessionId session) {
    return new ActiveBranch(last == null ? null : last.toString(), session);
  }
}
