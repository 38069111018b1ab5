package dev.heddle.thread.followup;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.TraceId;
import dev.heddle.messaging.LogScope;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.run.Held;
import dev.heddle.thread.run.HoldCause;
import dev.heddle.thread.run.RunNews;
import dev.heddle.thread.run.RunWatcher;
import dev.heddle.thread.run.ThreadRun;
import dev.heddle.thread.turn.Said;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The follow-ups of a thread as it goes on from run to run; each step in the transaction of a
 * caller who has locked the run. An idle thread has follow-ups only while they are held.
 */
@Component
public class FollowUpQueue implements RunWatcher {

  /** How many may wait in one thread. */
  public static final int LIMIT = 100;

  private static final Logger log = LoggerFactory.getLogger(FollowUpQueue.class);

  private final FollowUps followUps;
  private final Outlet outlet;
  private final Clock clock;
  private final Ids ids;

  FollowUpQueue(FollowUps followUps, Outlet outlet, Clock clock, Ids ids) {
    this.followUps = followUps;
    this.outlet = outlet;
    this.clock = clock;
    this.ids = ids;
  }

  /**
   * Keeps what was said for a later turn. For a thread that is busy or held; to another one it can
   * be said at once.
   *
   * @param ahead whether it comes before all that wait already
   * @throws ProblemException {@code queue_full}
   */
  public FollowUpId add(ThreadRun run, Said said, String by, boolean ahead, Instant now) {
    if (run.followUps() >= LIMIT) {
      throw new ProblemException(
              ThreadError.QUEUE_FULL,
              "the thread has "
                  + run.followUps()
                  + " follow-ups, and "
                  + LIMIT
                  + " may wait; remove one, or wait until one is sent")
          .with("limit", LIMIT);
    }
    FollowUp added =
        FollowUp.queued(
            new FollowUpId(ids.next()), run.thread(), said, LogScope.trace().orElse(null), by, now);
    add(run, added, ahead, now);
    return added.id();
  }

  private void add(ThreadRun run, FollowUp added, boolean ahead, Instant now) {
    followUps.add(added, ahead);
    run.followUpAdded(now);
    log(added, "follow-up queued");
  }

  /**
   * Leaves something that nobody waits for an answer to, and lets a thread that could answer it at
   * once do so.
   *
   * @param id the same for the same, however often it is left
   * @return whether it was new, and there was room for it
   */
  public boolean leave(ThreadRun run, FollowUpId id, Said said, String by, Instant now) {
    if (run.followUps() >= LIMIT || followUps.find(run.thread(), id) != null) {
      return false;
    }
    add(
        run,
        FollowUp.queued(id, run.thread(), said, LogScope.trace().orElse(null), by, now),
        false,
        now);
    if (!run.status().isBusy() && run.held() == null) {
      goOn(run, Drain.holdOf(outlet.isArchived(run), outlet.hold(run)));
    }
    return true;
  }

  /**
   * Puts what a run was told and did not take ahead of all that wait, also of a full queue: it was
   * promised an answer. A thread that is idle by now answers it at once, unless what ended the run
   * holds the queue.
   *
   * @param trace of the request that brought it
   */
  public void comeBack(ThreadRun run, Said said, String by, @Nullable TraceId trace, Instant now) {
    FollowUp back = FollowUp.queued(new FollowUpId(ids.next()), run.thread(), said, trace, by, now);
    followUps.add(back, true);
    run.followUpReturned();
    log(back, "steered message queued");
    if (!run.status().isBusy() && run.held() == null) {
      Held held = Drain.holdAfter(run.lastOutcome());
      goOn(run, held == null ? Drain.holdOf(outlet.isArchived(run), outlet.hold(run)) : held);
    }
  }

  /** Lets the queue go on where it was held by this and nothing else holds it. */
  public void lifted(ThreadRun run, HoldCause cause) {
    Held held = run.held();
    if (held != null && held.cause() == cause) {
      goOn(run, Drain.holdOf(outlet.isArchived(run), outlet.hold(run)));
    }
  }

  /**
   * Lets an idle thread answer a follow-up, whatever holds the queue.
   *
   * @throws ProblemException before anything is changed, where it cannot be said as it is
   */
  FollowUp send(ThreadRun run, FollowUp next, Instant now) {
    FollowUp taken = next.taken(outlet.begin(run, next, now));
    followUps.store(taken);
    run.followUpGone();
    log(taken, "follow-up sent");
    return taken;
  }

  @Override
  public void heard(ThreadRun run, RunNews news) {
    switch (news) {
      case RunNews.Adopted adopted -> adopted(run, adopted);
      case RunNews.EngineStarted started -> {
        FollowUp itself = followUps.sending(started.session());
        if (itself != null) {
          followUps.store(itself.engineStarted());
        }
      }
      case RunNews.Stopping _ -> {}
      case RunNews.Ended ended -> ended(run, ended);
    }
  }

  /** A retry of the run that failed to start is the same follow-up, which must not come twice. */
  private void adopted(ThreadRun run, RunNews.Adopted adopted) {
    if (adopted.answers() == null || run.followUps() == 0) {
      return;
    }
    FollowUp itself = followUps.returned(run.thread(), adopted.answers());
    if (itself != null) {
      FollowUp taken = itself.taken(new FollowUp.Delivery(adopted.session(), adopted.answers()));
      followUps.store(taken);
      run.followUpGone();
      outlet.mark(adopted.answers(), MessageStatus.COMPLETED);
      log(taken, "follow-up sent by a retry");
    }
  }

  private void ended(ThreadRun run, RunNews.Ended end) {
    FollowUp itself = followUps.sending(end.session());
    boolean putBack = itself != null && Drain.putsBack(end, itself);
    if (itself != null && putBack) {
      putBack(run, itself.startFailed());
    } else if (itself != null) {
      followUps.store(itself.runEnded());
    }
    if (run.followUps() > 0) {
      boolean archived = outlet.isArchived(run);
      goOn(run, Drain.holdAfter(end, putBack, archived, outlet.hold(run)));
    }
  }

  private void putBack(ThreadRun run, FollowUp returned) {
    followUps.store(returned);
    followUps.putFirst(returned);
    run.followUpReturned();
    if (returned.delivery() != null) {
      outlet.mark(returned.delivery().message(), MessageStatus.FAILED);
    }
    log(returned, "follow-up put back");
  }

  /** Sends the first, or holds them all. */
  private void goOn(ThreadRun run, @Nullable Held held) {
    Held keeps = held == null ? sendFirst(run) : held;
    if (keeps != null) {
      run.hold(keeps);
      log.atInfo()
          .addKeyValue("followUps", run.followUps())
          .addKeyValue("cause", keeps.cause().wire())
          .log("follow-ups held");
    }
  }

  private @Nullable Held sendFirst(ThreadRun run) {
    FollowUp next = followUps.first(run.thread());
    if (next == null) {
      throw new IllegalStateException(
          "thread " + run.thread() + " counts follow-ups that are not there");
    }
    try {
      send(run, next, clock.instant().truncatedTo(ChronoUnit.MICROS));
      return null;
    } catch (ProblemException refused) {
      if (refused.code() == ThreadError.BUDGET_REACHED) {
        return new Held(HoldCause.BUDGET, refused.detail());
      }
      return new Held(HoldCause.REFUSED, "the next follow-up cannot be sent: " + refused.detail());
    }
  }

  private static void log(FollowUp followUp, String what) {
    try (var _ = LogScope.here().thread(followUp.thread())) {
      log.atInfo()
          .addKeyValue("followUp", followUp.id())
          .addKeyValue("by", followUp.createdBy())
          .log(what);
    }
  }
}
