package dev.heddle.trace.changes;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which changes a client wants; null lets all pass. A machine is of no project and no thread. */
record ChangeFilter(@Nullable UUID project, @Nullable UUID thread) {

  boolean passes(Change change) {
    return (project == null || project.equals(change.project()))
        && (thread == null || thread.equals(change.thread()));
  }
}
