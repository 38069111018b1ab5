package dev.heddle.thread.run;

import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadChange;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How the last run of a thread ended.
 *
 * @param status completed, failed or cancelled
 * @param code of the failure
 * @param message for people
 * @param by who cancelled it; null where nobody did
 */
@Embeddable
public record LastOutcome(
    @Enumerated(EnumType.STRING) @Column(name = "outcome_status") SessionStatus status,
    @Column(name = "outcome_code") @Nullable String code,
    @Column(name = "outcome_message") @Nullable String message,
    @Column(name = "outcome_by") @Nullable String by,
    @Column(name = "outcome_session") UUID sessionId,
    @Column(name = "outcome_at") Instant at) {

  ThreadChange.RunOutcome told() {
    return new ThreadChange.RunOutcome(status, code, message, by, new SessionId(sessionId), at);
  }
}
