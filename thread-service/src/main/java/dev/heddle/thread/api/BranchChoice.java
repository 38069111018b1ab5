package dev.heddle.thread.api;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The branch that a thread is to show.
 *
 * @param messageId a message of it
 * @param changes what becomes of uncommitted files: {@code carry} them along as they are, or {@code
 *     stash} them as a checkpoint and have those of the wanted branch put back; needed where there
 *     are any
 */
record BranchChoice(
    @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            type = "string",
            format = "uuid",
            example = "0199a2c4-9001-7abc-8def-0123456789ab")
        @Nullable String messageId,
    @Schema(allowableValues = {"carry", "stash"}) @Nullable String changes) {}
