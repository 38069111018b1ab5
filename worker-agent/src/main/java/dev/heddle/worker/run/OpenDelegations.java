package dev.heddle.worker.run;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.DelegationId;
import dev.heddle.contracts.DelegationReply;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.SessionFact.CommandAnswered;
import dev.heddle.contracts.SessionFact.DelegationRequested;
import dev.heddle.contracts.SessionFact.DelegationSettled;
import dev.heddle.worker.mcp.Delegator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What the engine of one run has delegated and has no reply to yet. Each is settled once, and said
 * to be so before the engine hears of it: what it does next comes behind that.
 */
final class OpenDelegations implements Delegator {

  private record Open(boolean waits, CompletableFuture<Outcome> outcome) {}

  private final Report report;
  private final Ids ids;
  private final Map<DelegationId, Open> open = new LinkedHashMap<>();
  private @Nullable String over;
  private volatile boolean waits;
  private volatile Runnable changed = () -> {};

  OpenDelegations(Report report, Ids ids) {
    this.report = report;
    this.ids = ids;
  }

  /** Whether the engine waits until something is done. */
  boolean waits() {
    return waits;
  }

  /** Called, from now on, when that has changed; without any lock of a run. */
  void onChange(Runnable listener) {
    changed = listener;
  }

  @Override
  public Delegated delegate(Task task) {
    Delegated delegated = new Delegated(new DelegationId(ids.next()), new CompletableFuture<>());
    synchronized (this) {
      if (over != null) {
        var _ = delegated.outcome().complete(new Outcome.Over(over));
        return delegated;
      }
      report.fact(
          new DelegationRequested(
              delegated.id(),
              task.key(),
              task.prompt(),
              task.engine(),
              task.model(),
              task.waits()));
      open.put(delegated.id(), new Open(task.waits(), delegated.outcome()));
      waits |= task.waits();
    }
    changed.run();
    return delegated;
  }

  /** Says that a reply is taken, and tells the engine. */
  void answer(CommandId command, DelegationReply reply) {
    Open one;
    synchronized (this) {
      one = open.get(reply.delegationId());
      report.fact(
          one == null
              ? new CommandAnswered(command, false, "the engine does not wait for it any more")
              : new CommandAnswered(command, true, null));
      if (one != null) {
        settle(reply.delegationId(), true);
      }
    }
    changed.run();
    if (one != null) {
      one.outcome.completeAsync(() -> new Outcome.Answered(reply));
    }
  }

  @Override
  public void leave(DelegationId delegated) {
    synchronized (this) {
      if (!open.containsKey(delegated)) {
        return;
      }
      settle(delegated, true);
    }
    changed.run();
  }

  /**
   * Nothing is delegated any more, and nobody waits.
   *
   * @param told whether that is reported
   */
  void end(String reason, boolean told) {
    Map<DelegationId, Open> left;
    synchronized (this) {
      if (over != null) {
        return;
      }
      over = reason;
      left = Map.copyOf(open);
      List.copyOf(open.keySet()).forEach(id -> settle(id, told));
    }
    changed.run();
    left.values().forEach(one -> one.outcome.completeAsync(() -> new Outcome.Over(reason)));
  }

  private void settle(DelegationId id, boolean told) {
    Open one = open.remove(id);
    if (told && one != null && one.waits) {
      report.fact(new DelegationSettled(id));
    }
    waits = open.values().stream().anyMatch(Open::waits);
  }
}
