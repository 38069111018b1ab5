package dev.heddle.thread.dispatch;

import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.Priority;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.conversation.SettingsInput;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request for another answer.
 *
 * @param engine the engine to use; without one that of the last turn
 * @param model the engine's own name for a model
 * @param mode the engine's own name for a mode
 * @param effort the reasoning effort
 * @param command the argument vector of the {@code command} engine
 * @param permission what the engine may do without asking; without one as in the turn before
 * @param priority how urgent it is; {@code normal} where nothing is said
 */
record RegenerateRequest(
    @Nullable String engine,
    @Nullable String model,
    @Nullable String mode,
    @Nullable String effort,
    @Nullable List<String> command,
    @Schema(implementation = PermissionPosture.class) @Nullable String permission,
    @Schema(implementation = Priority.class) @Nullable String priority) {

  Turn turn(ThreadId thread) {
    return Turn.again(
        thread,
        new SettingsInput(engine, model, mode, effort, command, null, null, null, permission),
        priority);
  }
}
