package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What session-service, the only writer, tells one machine, on {@link Topics#SESSION_CONTROL}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface ControlMessage extends Keyed {

  MachineId machineId();

  /** The machine. */
  @Override
  default String key() {
    return machineId().value();
  }

  /** A session for this machine alone, because not every worker of its pool can run it. */
  @JsonTypeName("offer.made")
  record OfferMade(MachineId machineId, SessionQueued.SessionOffered offer)
      implements ControlMessage {}

  /**
   * The claim won; run it. A repeated claim id gets the same answer again.
   *
   * @param leaseMillis the lease of this attempt: session-service gives it to nobody else before it
   *     has heard nothing of the machine for so long. The worker must have frozen the engine by
   *     then. Null from a session-service that did not tell
   * @param heartbeat the sequence of the heartbeat that this answers, whose claim had not been
   *     granted as far as the worker knew; null where it answers the claim itself. Only an answer
   *     to what a worker asked after a lapse lets a frozen run go on
   */
  @JsonTypeName("claim.granted")
  record ClaimGranted(
      MachineId machineId,
      long incarnation,
      ClaimId claimId,
      SessionId sessionId,
      @Nullable ThreadId threadId,
      int attempt,
      RunSpec run,
      Instant at,
      @Nullable Long leaseMillis,
      @Nullable Long heartbeat)
      implements ControlMessage {}

  /** The claim lost; give the slot back. */
  @JsonTypeName("claim.denied")
  record ClaimDenied(
      MachineId machineId,
      long incarnation,
      ClaimId claimId,
      SessionId sessionId,
      int attempt,
      String reason,
      Instant at)
      implements ControlMessage {}

  /**
   * End the run: SIGTERM to its process group, SIGKILL after the grace period. Answered by {@link
   * SessionFact.CommandAnswered}; the end itself by {@link SessionFact.AttemptEnded}.
   */
  @JsonTypeName("run.cancel")
  record CancelRun(
      MachineId machineId,
      CommandId commandId,
      SessionId sessionId,
      int attempt,
      String requestedBy,
      Instant at)
      implements ControlMessage {}

  /**
   * A person, a rule or time has decided what the engine asked. Answered by {@link
   * SessionFact.CommandAnswered}, which names the approval.
   */
  @JsonTypeName("approval.decide")
  record DecideApproval(
      MachineId machineId,
      CommandId commandId,
      SessionId sessionId,
      int attempt,
      Decision decision,
      String requestedBy,
      Instant at)
      implements ControlMessage {}

  /** Say this to the running engine. Answered by {@link SessionFact.CommandAnswered}. */
  @JsonTypeName("run.input")
  record InputRun(
      MachineId machineId,
      CommandId commandId,
      SessionId sessionId,
      int attempt,
      String text,
      String requestedBy,
      Instant at)
      implements ControlMessage {}

  /**
   * What became of a task that the engine wanted delegated. Answered by {@link
   * SessionFact.CommandAnswered}.
   */
  @JsonTypeName("delegation.answer")
  record AnswerDelegation(
      MachineId machineId,
      CommandId commandId,
      SessionId sessionId,
      int attempt,
      DelegationReply reply,
      Instant at)
      implements ControlMessage {}

  /** This attempt is no longer the machine's: kill it at once and report nothing more of it. */
  @JsonTypeName("attempt.stop")
  record StopAttempt(
      MachineId machineId, SessionId sessionId, int attempt, String reason, Instant at)
      implements ControlMessage {}

  /** Finish what runs and take nothing new; done when a heartbeat says draining. */
  @JsonTypeName("machine.drain")
  record DrainMachine(MachineId machineId, CommandId commandId, String requestedBy, Instant at)
      implements ControlMessage {}

  /** Take sessions again; done when a heartbeat says online. */
  @JsonTypeName("machine.resume")
  record ResumeMachine(MachineId machineId, CommandId commandId, String requestedBy, Instant at)
      implements ControlMessage {}

  /** Look again which engines are there; done when a heartbeat tells of what was found. */
  @JsonTypeName("machine.discover")
  record DiscoverEngines(MachineId machineId, CommandId commandId, String requestedBy, Instant at)
      implements ControlMessage {}

  /**
   * A thread is not worked on any more, and the machine may have files of it: its worktrees may go,
   * where nothing is lost by that. A run that comes after {@code at} needs them again.
   */
  @JsonTypeName("thread.ended")
  record ThreadEnded(MachineId machineId, ThreadId threadId, ThreadEnd end, Instant at)
      implements ControlMessage {}

  /**
   * Another live host uses this machine id; the one with this {@code hostId} takes nothing and says
   * so until it is given another id.
   */
  @JsonTypeName("machine.refused")
  record MachineRefused(MachineId machineId, String hostId, String reason, Instant at)
      implements ControlMessage {}
}
