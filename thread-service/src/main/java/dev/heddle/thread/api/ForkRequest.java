package dev.heddle.thread.api;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The body of a fork.
 *
 * @param messageId the last message that the new thread is to have
 * @param title of the new thread; without one that of the old
 */
record ForkRequest(
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, type = "string", format = "uuid")
        @Nullable String messageId,
    @Nullable String title) {}
