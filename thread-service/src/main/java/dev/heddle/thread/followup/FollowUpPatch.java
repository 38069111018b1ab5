package dev.heddle.thread.followup;

import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.Priority;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.MergePatch;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.conversation.SettingsInput;
import dev.heddle.thread.turn.Said;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a merge patch of a follow-up may hold; null resets a setting to that of the turn before.
 *
 * @param text what the agent is to do, at most 256 KiB in UTF-8
 * @param engine the engine to use
 * @param model the engine's own name for a model
 * @param mode the engine's own name for a mode
 * @param effort the reasoning effort
 * @param command the argument vector of the {@code command} engine
 * @param pool the pool whose machines may run it
 * @param machine the one machine that may run it
 * @param labels that the machine must carry; each is merged, and null removes one
 * @param permission what the engine may do without asking
 * @param priority how urgent it is once it is sent
 * @param place in the queue, from 1; beyond the end it is the last
 */
record FollowUpPatch(
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
    @Schema(implementation = Priority.class) @Nullable String priority,
    @Schema(minimum = "1") @Nullable Integer place) {

  private static final Set<String> FIELDS = MergePatch.fieldsOf(FollowUpPatch.class);

  /** What a patch makes of a follow-up. */
  record Wanted(Said said, @Nullable Integer place) {}

  /**
   * Applies a patch.
   *
   * @throws ProblemException with a code of its own for each thing that can be wrong
   */
  static Wanted of(ObjectNode body, Said current) {
    MergePatch patch = new MergePatch(body, FIELDS);
    SettingsInput settings = current.settings();
    Said said =
        Said.checked(
            patch.requiredText("text", current.text()),
            new SettingsInput(
                patch.text("engine", settings.engine()),
                patch.text("model", settings.model()),
                patch.text("mode", settings.mode()),
                patch.text("effort", settings.effort()),
                patch.has("command") ? commandOf(patch) : settings.command(),
                patch.text("pool", settings.pool()),
                patch.text("machine", settings.machine()),
                patch.has("labels") ? labelsOf(patch, settings) : settings.labels(),
                patch.text("permission", settings.permission())),
            patch.text("priority", current.priority().wire()));
    Integer place = patch.number("place", null);
    if (place != null && place < 1) {
      throw new ProblemException(
          ThreadError.INVALID_PLACE, "place is counted from 1, the next to be sent");
    }
    return new Wanted(said, place);
  }

  private static @Nullable List<String> commandOf(MergePatch patch) {
    List<String> command = patch.texts("command", List.of());
    return command.isEmpty() ? null : command;
  }

  private static @Nullable Map<String, String> labelsOf(MergePatch patch, SettingsInput settings) {
    Map<String, String> labels =
        patch.map("labels", Objects.requireNonNullElse(settings.labels(), Map.of()));
    return labels.isEmpty() ? null : labels;
  }
}
