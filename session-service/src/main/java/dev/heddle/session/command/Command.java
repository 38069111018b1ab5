package dev.heddle.session.command;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.CommandOutcome;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.SessionId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What someone told a session or a machine; ends as accepted, rejected or expired.
 *
 * @param sessionId of what is for a session; null of what is for a machine
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
    /** What a person decided about something that the engine asked. */
    DECISION,
    /** What is said to the engine while it runs. */
    INPUT,
    /** What became of a task that the engine delegated. */
    DELEGATION,
    DRAIN,
    RESUME;

    String wire() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** The same, but over. */
  Command ended(State how, @Nullable String why) {
    return new Command(id, kind, sessionId, attempt, machine, requestedBy, createdAt, how, why);
  }

  /** How it ended, for whoever asked for it; only of one that has. */
  CommandOutcome outcome() {
    CommandOutcome.Result result =
        switch (state) {
          case ACCEPTED -> CommandOutcome.Result.ACCEPTED;
          case REJECTED -> CommandOutcome.Result.REJECTED;
          case EXPIRED -> CommandOutcome.Result.EXPIRED;
          case SENT -> throw new IllegalStateException("command %s has no end".formatted(id));
        };
    return new CommandOutcome(id, result, reason);
  }

  /** Whether its id was given by whoever asked for it, and who therefore hears of its end. */
  boolean isAskedFor() {
    return kind == Kind.DECISION || kind == Kind.INPUT || kind == Kind.DELEGATION;
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
