package dev.heddle.trace.changes;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A record of one of the topics, as clients are told of it.
 *
 * @param place of its partition in a {@link ChangeCursor}
 * @param event {@code thread} or {@code session}
 * @param thread that it is about; null for a session without one
 * @param json on one line
 */
record Change(
    int place, long offset, String event, UUID project, @Nullable UUID thread, String json) {}
