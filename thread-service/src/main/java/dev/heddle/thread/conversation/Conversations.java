package dev.heddle.thread.conversation;

import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Repository;

/** The stored conversations. */
@Repository
public class Conversations {

  private final EntityManager entities;

  Conversations(EntityManager entities) {
    this.entities = entities;
  }

  public @Nullable Conversation find(ThreadId id) {
    return entities.find(Conversation.class, id.value());
  }

  /**
   * Keeps others from changing a conversation until the caller's transaction ends. Whoever also
   * locks its run does that first.
   *
   * @throws ProblemException {@code unknown_thread}
   */
  public Conversation lock(ThreadId id) {
    Conversation found =
        entities.find(Conversation.class, id.value(), LockModeType.PESSIMISTIC_WRITE);
    if (found == null) {
      throw unknown(id);
    }
    return found;
  }

  /** Those of some ids, in no order. */
  public List<Conversation> byIds(Collection<UUID> ids) {
    return entities
        .createQuery("select c from Conversation c where c.id in :ids", Conversation.class)
        .setParameter("ids", ids)
        .getResultList();
  }

  public void add(Conversation conversation) {
    entities.persist(conversation);
  }

  public void remove(Conversation conversation) {
    entities.remove(conversation);
  }

  /** Writes what has changed, so that versions are known and the outbox comes after its cause. */
  public void flush() {
    entities.flush();
  }

  /** What everybody answers who is asked for a thread that is not there. */
  public static ProblemException unknown(ThreadId id) {
    return new ProblemException(ThreadError.UNKNOWN_THREAD, "no thread has the id " + id);
  }
}
