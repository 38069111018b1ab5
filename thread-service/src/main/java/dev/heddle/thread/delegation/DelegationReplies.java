package dev.heddle.thread.delegation;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.CommandOutcome;
import dev.heddle.contracts.DelegationReply;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.DelegationAnswered;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.thread.run.Runs;
import dev.heddle.thread.run.SessionCommands;
import dev.heddle.thread.run.SessionsFollowed;
import dev.heddle.thread.run.ThreadRun;
import java.time.Clock;
import java.time.Instant;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Tells engines what became of what they delegated. A result that an engine waited for and does not
 * hear after all is said to its thread, as one that nobody waits for.
 */
@Component
@Transactional(propagation = Propagation.MANDATORY)
class DelegationReplies {

  private final AskedTasks tasks;
  private final Delegations delegations;
  private final ResultSaid said;
  private final SessionCommands commands;
  private final Runs runs;
  private final Clock clock;
  private final Ids ids;

  DelegationReplies(
      AskedTasks tasks,
      Delegations delegations,
      ResultSaid said,
      SessionCommands commands,
      Runs runs,
      Clock clock,
      Ids ids) {
    this.tasks = tasks;
    this.delegations = delegations;
    this.said = said;
    this.commands = commands;
    this.runs = runs;
    this.clock = clock;
    this.ids = ids;
  }

  /** Tells one engine; its run is locked. */
  void send(AskedTask asked, DelegationReply reply) {
    Instant now = clock.instant();
    CommandId command = new CommandId(ids.next());
    ThreadChange.Child.Result result = reply.result();
    SessionId told = result == null ? null : result.sessionId();
    tasks.answered(asked.id(), command, reply.child(), told);
    commands.ask(
        command,
        new DelegationAnswered(
            asked.session(), asked.thread(), command, asked.attempt(), reply, now),
        now);
  }

  /**
   * Tells those that wait for the end of a child, whose run and that of its parent are locked.
   *
   * @return whether anybody did
   */
  boolean ended(Delegation child, Delegation.Result result) {
    boolean awaited = false;
    for (AskedTask waiting : tasks.waitingFor(child.child())) {
      send(waiting, DelegationReply.done(waiting.id(), child.child(), result.told()));
      awaited = true;
    }
    return awaited;
  }

  @EventListener
  public void on(SessionsFollowed followed) {
    for (CommandOutcome outcome : followed.outcomes()) {
      if (outcome.result() != CommandOutcome.Result.ACCEPTED) {
        tasks.told(outcome.commandId()).ifPresent(this::notHeard);
      }
    }
  }

  private void notHeard(AskedTasks.Told told) {
    ThreadRun parent = runs.lock(told.parent());
    Delegation own = delegations.ofChild(told.child()).orElse(null);
    Delegation.Result result = own == null ? null : own.result();
    // The result of a later run was said by itself, and that of one that was stopped with its
    // parent
    // is wanted by nobody.
    if (parent != null
        && own != null
        && result != null
        && result.sessionId().equals(told.run())
        && !told.run().equals(own.stoppedSession())) {
      said.to(parent, own, result);
    }
  }
}
