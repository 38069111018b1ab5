package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.time.Instant;

/** A worker's answer to an offer, on {@link Topics#SESSION_CLAIMS}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface SessionClaim extends Keyed {

  ClaimId claimId();

  OfferId offerId();

  SessionId sessionId();

  int attempt();

  MachineId machineId();

  /** The session. */
  @Override
  default String key() {
    return sessionId().toString();
  }

  /** Which life of the worker speaks; rises with every start of it. */
  long incarnation();

  /**
   * The worker has a free slot for it and waits for the grant; nothing else happens before.
   *
   * @param heartbeat the sequence of the last heartbeat sent before this claim; only a later one
   *     that misses the claim says that it was given up
   */
  @JsonTypeName("claim.made")
  record ClaimMade(
      ClaimId claimId,
      OfferId offerId,
      SessionId sessionId,
      int attempt,
      MachineId machineId,
      long incarnation,
      long heartbeat,
      Instant at)
      implements SessionClaim {}

  /**
   * The worker cannot run it and says why, since a share group cannot filter.
   *
   * @param reason for people, such as {@code engine codex is not installed}
   */
  @JsonTypeName("claim.refused")
  record ClaimRefused(
      ClaimId claimId,
      OfferId offerId,
      SessionId sessionId,
      int attempt,
      MachineId machineId,
      long incarnation,
      String reason,
      Instant at)
      implements SessionClaim {}
}
