package dev.heddle.thread.api;

import dev.heddle.contracts.PermissionPosture;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.budget.Budget;
import dev.heddle.thread.conversation.SettingsInput;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request for a thread without a message.
 *
 * @param project the id or name of its project
 * @param id a UUID of your own; without one it is made
 * @param title without one it is made of the first message
 * @param engine the engine to use; without one {@code command}
 * @param model the engine's own name for a model
 * @param mode the engine's own name for a mode
 * @param effort the reasoning effort
 * @param command the argument vector of the {@code command} engine
 * @param placement where its turns may run
 * @param permission what its engines may do without asking; without one as its project says
 * @param budget what it may spend, with all that it delegates; without one there is no limit
 */
record ThreadRequest(
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "shop") @Nullable String project,
    @Nullable String id,
    @Nullable String title,
    @Nullable String engine,
    @Nullable String model,
    @Nullable String mode,
    @Nullable String effort,
    @Nullable List<String> command,
    @Nullable Placement placement,
    @Schema(implementation = PermissionPosture.class) @Nullable String permission,
    @Nullable Budget budget) {

  /**
   * Where turns may run.
   *
   * @param pool a pool of machines
   * @param machine the one machine
   * @param labels that the machine must carry
   */
  @Schema(name = "PlacementRequest")
  record Placement(
      @Nullable String pool, @Nullable String machine, @Nullable Map<String, String> labels) {}

  String requiredProject() {
    if (project == null) {
      throw new ProblemException(
          ThreadError.PROJECT_REQUIRED, "a thread needs the id or name of its project");
    }
    return project;
  }

  SettingsInput settings() {
    Placement where = placement == null ? new Placement(null, null, null) : placement;
    return new SettingsInput(
        engine,
        model,
        mode,
        effort,
        command,
        where.pool(),
        where.machine(),
        where.labels(),
        permission);
  }
}
