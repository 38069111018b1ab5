package dev.heddle.thread.dispatch;

import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.Priority;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.conversation.SettingsInput;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of a message to a thread.
 *
 * @param text what the agent is to do, at most 256 KiB in UTF-8
 * @param engine the engine to use; without one that of the last turn, or {@code command}
 * @param model the engine's own name for a model
 * @param mode the engine's own name for a mode
 * @param effort the reasoning effort
 * @param command the argument vector of the {@code command} engine
 * @param permission what the engine may do without asking; without one as in the turn before
 * @param priority how urgent it is; {@code normal} where nothing is said
 * @param ifBusy what to do when the thread is busy: {@code queue} it behind what waits already,
 *     {@code steer} the run with it where the engine can and else let it come next, {@code
 *     interrupt} the run and let it come next, or {@code reject} it
 */
record MessageRequest(
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "Now make them fast")
        @Nullable String text,
    @Nullable String engine,
    @Nullable String model,
    @Nullable String mode,
    @Nullable String effort,
    @Nullable List<String> command,
    @Schema(implementation = PermissionPosture.class) @Nullable String permission,
    @Schema(implementation = Priority.class) @Nullable String priority,
    @Schema(
            allowableValues = {"queue", "steer", "interrupt", "reject"},
            defaultValue = "queue")
        @Nullable String ifBusy) {

  Turn turn(ThreadId thread) {
    return Turn.checked(
        null,
        thread.toString(),
        text,
        null,
        new SettingsInput(engine, model, mode, effort, command, null, null, null, permission),
        priority,
        ifBusy);
  }

  /** Names no text, since it may hold what is nobody else's business. */
  @Override
  public String toString() {
    return "MessageRequest[ifBusy=" + ifBusy + "]";
  }
}
