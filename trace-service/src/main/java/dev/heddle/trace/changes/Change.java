package dev.heddle.trace.changes;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A record of one of the topics, as clients are told of it.
 *
 * @param place of its partition in a {@link ChangeCursor}
 * @param event {@code thread}, {@code session} or {@code machine}
 * @param project that it is of; null for a machine
 * @param thread that it is about; null for a session without one, and for a machine
 * @param json on one line
 */
record Change(
    int place,
    long offset,
    String event,
    @Nullable UUID project,
    @Nullable UUID thread,
    String json) {}
