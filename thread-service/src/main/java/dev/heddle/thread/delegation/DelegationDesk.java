package dev.heddle.thread.delegation;

import dev.heddle.contracts.DelegationId;
import dev.heddle.contracts.DelegationReply;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TraceId;
import dev.heddle.messaging.LogScope;
import dev.heddle.messaging.TransientFailures;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.run.Runs;
import dev.heddle.thread.run.ThreadRun;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Does what engines want delegated, each once: who has the lock of the tree and of the run looks
 * whether it is still to be done. A refusal is a transaction of its own, since it undoes the first.
 */
@Component
class DelegationDesk {

  private static final Logger log = LoggerFactory.getLogger(DelegationDesk.class);

  private final AskedTasks tasks;
  private final DelegationCommands commands;
  private final DelegationReplies replies;
  private final Delegations delegations;
  private final Families families;
  private final Runs runs;
  private final TransactionTemplate transaction;

  DelegationDesk(
      AskedTasks tasks,
      DelegationCommands commands,
      DelegationReplies replies,
      Delegations delegations,
      Families families,
      Runs runs,
      PlatformTransactionManager transactions) {
    this.tasks = tasks;
    this.commands = commands;
    this.replies = replies;
    this.delegations = delegations;
    this.families = families;
    this.runs = runs;
    this.transaction = new TransactionTemplate(transactions);
  }

  /** Does one, or refuses it. What fails for a passing cause is left for the next time. */
  void take(DelegationId id) {
    AskedTask asked = tasks.find(id).orElse(null);
    if (asked == null || asked.state() != AskedTask.State.ASKED) {
      return;
    }
    TraceId trace = asked.trace();
    try (var _ =
        LogScope.of(trace == null ? TraceId.random() : trace)
            .session(asked.session(), asked.thread(), asked.attempt())) {
      take(asked);
    }
  }

  private void take(AskedTask asked) {
    try {
      inTurn(asked, this::make);
    } catch (ProblemException refusal) {
      refuse(asked, refusal.code().code(), refusal.detail());
    } catch (RuntimeException e) {
      if (TransientFailures.isTransient(e)) {
        log.atWarn().addKeyValue("reason", e.toString()).log("a task is to be delegated later");
      } else {
        log.atError().addKeyValue("key", asked.key()).setCause(e).log("a task cannot be delegated");
        refuse(asked, "delegation_failed", "the task could not be delegated; do it yourself");
      }
    }
  }

  private void refuse(AskedTask asked, String code, String why) {
    log.atInfo()
        .addKeyValue("key", asked.key())
        .addKeyValue("code", code)
        .log("a task of an engine was refused");
    inTurn(asked, (one, _) -> replies.send(one, DelegationReply.refused(one.id(), code, why)));
  }

  private interface Step {
    void of(AskedTask asked, ThreadRun run);
  }

  private void inTurn(AskedTask asked, Step step) {
    transaction.executeWithoutResult(_ -> {
      families.lockTree(asked.thread());
      ThreadRun run = runs.lock(asked.thread());
      AskedTask now = tasks.find(asked.id()).orElse(null);
      if (run == null || now == null || now.state() != AskedTask.State.ASKED) {
        return;
      }
      if (now.isOf(run)) {
        step.of(now, run);
      } else {
        // Its engine is gone, or about to be. What the next attempt wants it asks for itself.
        tasks.drop(now.id());
      }
    });
  }

  private void make(AskedTask asked, ThreadRun run) {
    PermissionPosture posture =
        Objects.requireNonNullElse(runs.permissionOf(asked.session()), PermissionPosture.ASK);
    ThreadId child =
        commands.delegate(asked.thread(), asked.task(posture), asked.requestedBy()).threadId();
    Delegation.Result result = delegations.ofChild(child).map(Delegation::result).orElse(null);
    if (!asked.waits()) {
      replies.send(asked, DelegationReply.made(asked.id(), child));
    } else if (result != null) {
      // The same task under the same key was done before.
      replies.send(asked, DelegationReply.done(asked.id(), child, result.told()));
    } else {
      tasks.waits(asked.id(), child);
    }
  }
}
