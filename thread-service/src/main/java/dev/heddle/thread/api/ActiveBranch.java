package dev.heddle.thread.api;

import dev.heddle.contracts.MessageId;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The active branch of a thread.
 *
 * @param messageId a message of it; in an answer its last one
 */
record ActiveBranch(
    @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            type = "string",
            format = "uuid",
            example = "0199a2c4-9001-7abc-8def-0123456789ab")
        @Nullable String messageId) {

  /** Null before the first message. */
  static ActiveBranch of(@Nullable MessageId last) {
    return new ActiveBranch(last == null ? null : last.toString());
  }
}
