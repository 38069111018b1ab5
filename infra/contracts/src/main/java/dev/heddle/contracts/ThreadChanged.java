package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * A thread changed, on {@link Topics#THREAD_CHANGED}: just what changed, so that a client which has
 * read the thread once can hold a live copy.
 *
 * @param version rises by one with each record of the thread, also after it was deleted and made
 *     again; a consumer ignores what it has passed. It is not the ETag, which only {@link
 *     ThreadChange.Settings} moves
 * @param by who caused it: a person, {@code worker ID} or a service
 * @param changes without those of a kind that this version does not know
 */
public record ThreadChanged(
    ThreadId threadId,
    ProjectId projectId,
    long version,
    Instant at,
    String by,
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind", defaultImpl = Void.class)
        List<ThreadChange> changes)
    implements Keyed {

  public ThreadChanged {
    // A kind of the future is read as null.
    changes =
        Objects.requireNonNullElse(changes, List.<ThreadChange>of()).stream()
            .filter(Objects::nonNull)
            .toList();
  }

  /** The thread. */
  @Override
  public String key() {
    return threadId.toString();
  }

  /** Whether the thread is gone after this. */
  public boolean deletes() {
    return changes.stream().anyMatch(ThreadChange.Deleted.class::isInstance);
  }
}
