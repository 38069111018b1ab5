package dev.heddle.thread.approval;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request for a rule. In {@code tool} and {@code pattern} a {@code *} stands for any
 * text, {@code ?} for one character, and a backslash takes the next character as it is.
 *
 * @param scope for whose runs it decides; a thread's rule stands over its project's, and that over
 *     a user's
 * @param thread the UUID of the thread, in the scope {@code thread}
 * @param project the id or name of the project, in the scope {@code project}
 * @param tool the name of the tool, at most 200 characters
 * @param pattern of the whole input of the tool, or of the title where there is none, at most 1000
 *     characters; without one any. Mind that a shell takes more after what a pattern begins with
 * @param decision what it decides; of two in one scope that match, {@code deny} counts
 */
record RuleRequest(
    @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            allowableValues = {"thread", "project", "user"})
        @Nullable String scope,
    @Nullable String thread,
    @Nullable String project,
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "Bash") @Nullable String tool,
    @Nullable String pattern,
    @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            allowableValues = {"allow", "deny"})
        @Nullable String decision) {}
