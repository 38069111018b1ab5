package dev.heddle.thread.dispatch;

import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.Priority;
import dev.heddle.thread.budget.Budget;
import dev.heddle.thread.conversation.SettingsInput;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of a dispatch.
 *
 * @param project the id or name of the project; may be left out where the thread says it
 * @param prompt what the agent is to do, at most 256 KiB in UTF-8
 * @param thread the UUID of the thread to say it on; without one a new thread is made
 * @param title of a new thread; without one it is made of the prompt
 * @param engine the engine to use; without one that of the last turn, or {@code command}
 * @param model the engine's own name for a model
 * @param mode the engine's own name for a mode
 * @param effort the reasoning effort
 * @param command the argument vector of the {@code command} engine
 * @param pool the pool whose machines may run it
 * @param machine the one machine that may run it
 * @param labels that the machine must carry
 * @param permission what the engine may do without asking; without one as in the turn before
 * @param budget what a new thread may spend, with all that it delegates; that of a thread that is
 *     there is changed by PATCH
 * @param priority how urgent it is; {@code normal} where nothing is said
 * @param ifBusy what to do when the thread is busy: {@code queue} it behind what waits already,
 *     {@code steer} the run with it where the engine can and else let it come next, {@code
 *     interrupt} the run and let it come next, or {@code reject} it
 */
record DispatchRequest(
    @Schema(example = "shop") @Nullable String project,
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "Write the tests for the basket")
        @Nullable String prompt,
    @Nullable String thread,
    @Nullable String title,
    @Nullable String engine,
    @Nullable String model,
    @Nullable String mode,
    @Nullable String effort,
    @Nullable List<String> command,
    @Nullable String pool,
    @Nullable String machine,
    @Nullable Map<String, String> labels,
    @Schema(implementation = PermissionPosture.class) @Nullable String permission,
    @Nullable Budget budget,
    @Schema(implementation = Priority.class) @Nullable String priority,
    @Schema(
            allowableValues = {"queue", "steer", "interrupt", "reject"},
            defaultValue = "queue")
        @Nullable String ifBusy) {

  Turn turn() {
    return Turn.checked(
            project,
            thread,
            prompt,
            title,
            new SettingsInput(
                engine, model, mode, effort, command, pool, machine, labels, permission),
            priority,
            ifBusy)
        .within(budget);
  }

  /** Names no prompt, since it may hold what is nobody else's business. */
  @Override
  public String toString() {
    return "DispatchRequest[project=" + project + ", thread=" + thread + "]";
  }
}
