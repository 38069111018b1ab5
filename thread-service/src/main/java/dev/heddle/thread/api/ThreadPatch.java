package dev.heddle.thread.api;

import dev.heddle.contracts.PermissionPosture;
import dev.heddle.thread.MergePatch;
import dev.heddle.thread.budget.Budget;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a merge patch of a thread may hold; null resets.
 *
 * @param title chosen by a person; empty for none
 * @param archived whether it is out of the way; archiving ends the run
 * @param pinned whether it stands before others
 * @param engine of the next turn; another engine forgets model, mode, effort and command
 * @param model the engine's own name for a model
 * @param mode the engine's own name for a mode
 * @param effort the reasoning effort
 * @param command the argument vector of the {@code command} engine
 * @param placement where the next turn may run
 * @param permission what engines may do without asking, from the next turn on; null for what the
 *     project says
 * @param budget what it may spend, with all that it delegates; each limit is merged, and null
 *     removes it
 */
record ThreadPatch(
    @Nullable String title,
    @Nullable Boolean archived,
    @Nullable Boolean pinned,
    @Nullable String engine,
    @Nullable String model,
    @Nullable String mode,
    @Nullable String effort,
    @Nullable List<String> command,
    @Nullable Placement placement,
    @Schema(implementation = PermissionPosture.class) @Nullable String permission,
    @Nullable Budget budget) {

  static final Set<String> FIELDS = MergePatch.fieldsOf(ThreadPatch.class);

  /**
   * Where the next turn may run; null resets.
   *
   * @param pool a pool of machines
   * @param machine the one machine that may run it
   * @param labels that the machine must carry; each is merged, and null removes one
   */
  @Schema(name = "PlacementPatch")
  record Placement(
      @Nullable String pool, @Nullable String machine, @Nullable Map<String, String> labels) {

    static final Set<String> FIELDS = MergePatch.fieldsOf(Placement.class);
  }
}
