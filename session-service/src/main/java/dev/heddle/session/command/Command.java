package dev.heddle.session.command;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.SessionId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What someone told a session or a machine; ends as accepted, rejected or expired.
 *
 * @param sessionId of a cancel; null otherwise
 * @param attempt the attempt that it was sent to; null where no worker had one
 * @param machine to which it was sent; null where no worker had to be told
 * @param reason for people: why it was rejected or expired
 */
public record Command(
    CommandId id,
    Kind kind,
    @Nullable SessionId sessionId,
    @Nullable Integer attempt,
    @Nullable MachineId machine,
    String requestedBy,
    Instant createdAt,
    State state,
    @Nullable String reason) {

  /** What is wanted. */
  public enum Kind {
    CANCEL,
    DRAIN,
    RESUME;

    String wire() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** How far it has come. */
  public enum State {
    /** On its way through the outbox; sent again on heartbeats until it is answered. */
    SENT,
    ACCEPTED,
    REJECTED,
    /** What it was for ended before it was answered. */
    EXPIRED;

    /** The form in every API. */
    public String wire() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }
}
