package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the share group of a pool consumes, on {@link Topics#queued}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface SessionQueued extends Keyed {

  SessionId sessionId();

  /** The session. */
  @Override
  default String key() {
    return sessionId().toString();
  }

  /**
   * A session that any worker of the pool may claim. It carries no prompt and no engine state: they
   * come with the grant, to the one worker that runs it.
   *
   * @param attempt from 1; the fence of everything that the run reports
   * @param validUntil a claim that arrives later is denied
   * @param leaseMillis for how long after a heartbeat session-service would wait for the next; a
   *     worker that cannot keep it refuses. Null from a session-service that did not tell
   */
  @JsonTypeName("session.offered")
  record SessionOffered(
      OfferId offerId,
      SessionId sessionId,
      @Nullable ThreadId threadId,
      int attempt,
      Requirements requirements,
      WorkspaceSpec workspace,
      Instant offeredAt,
      Instant validUntil,
      @Nullable Long leaseMillis)
      implements SessionQueued {}
}
