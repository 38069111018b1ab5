package dev.heddle.thread.followup;

import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.Priority;
import dev.heddle.thread.conversation.SettingsInput;
import dev.heddle.thread.turn.Said;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of a new follow-up. A setting that is not given is that of the turn before it.
 *
 * @param text what the agent is to do, at most 256 KiB in UTF-8
 * @param engine the engine to use
 * @param model the engine's own name for a model
 * @param mode the engine's own name for a mode
 * @param effort the reasoning effort
 * @param command the argument vector of the {@code command} engine
 * @param pool the pool whose machines may run it
 * @param machine the one machine that may run it
 * @param labels that the machine must carry
 * @param permission what the engine may do without asking; without one as in the turn before
 * @param priority how urgent it is once it is sent; {@code normal} where nothing is said
 */
record FollowUpRequest(
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "Then write it down")
        @Nullable String text,
    @Nullable String engine,
    @Nullable String model,
    @Nullable String mode,
    @Nullable String effort,
    @Nullable List<String> command,
    @Nullable String pool,
    @Nullable String machine,
    @Nullable Map<String, String> labels,
    @Schema(implementation = PermissionPosture.class) @Nullable String permission,
    @Schema(implementation = Priority.class) @Nullable String priority) {

  Said said() {
    return Said.checked(
        text,
        new SettingsInput(engine, model, mode, effort, command, pool, machine, labels, permission),
        priority);
  }

  /** Names no text, since it may hold what is nobody else's business. */
  @Override
  public String toString() {
    return "FollowUpRequest[engine=" + engine + "]";
  }
}
