package dev.heddle.thread.api;

import dev.heddle.thread.MergePatch;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a merge patch of the active branch may hold.
 *
 * @param messageId a message of the wanted branch; cannot be reset
 */
record ActiveBranchPatch(@Nullable String messageId) {

  static final Set<String> FIELDS = MergePatch.fieldsOf(ActiveBranchPatch.class);
}
