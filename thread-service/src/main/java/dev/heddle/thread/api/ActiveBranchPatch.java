package dev.heddle.thread.api;

import dev.heddle.thread.MergePatch;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a merge patch of the active branch may hold.
 *
 * @param messageId a message of the wanted branch; cannot be reset
 * @param changes what becomes of uncommitted files, {@code carry} or {@code stash}
 */
record ActiveBranchPatch(
    @Nullable String messageId,
    @Schema(allowableValues = {"carry", "stash"}) @Nullable String changes) {

  static final Set<String> FIELDS = MergePatch.fieldsOf(ActiveBranchPatch.class);
}
