package dev.heddle.worker.claim;

import dev.heddle.contracts.MachineState;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Whether the worker takes sessions. */
public final class Duty {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private boolean draining;
  private boolean leaving;
  private @Nullable String refused;

  /** Why nothing is taken now; null if sessions are taken. */
  public @Nullable String reasonNot() {
    lock.lock();
    try {
      if (leaving) {
        return "the worker is stopping";
      }
      if (refused != null) {
        return "the machine id was refused: " + refused;
      }
      return draining ? "the machine is draining" : null;
    } finally {
      lock.unlock();
    }
  }

  /** Why the machine id may not be used; null if it may. */
  public @Nullable String refused() {
    lock.lock();
    try {
      return refused;
    } finally {
      lock.unlock();
    }
  }

  public MachineState state() {
    return reasonNot() == null ? MachineState.ONLINE : MachineState.DRAINING;
  }

  /** Waits a while until sessions are taken. */
  boolean awaitTaking(long millis) throws InterruptedException {
    lock.lock();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(millis);
      while (reasonNot() != null && left > 0) {
        left = changed.awaitNanos(left);
      }
      return reasonNot() == null;
    } finally {
      lock.unlock();
    }
  }

  /** From now on, called whenever an operator or session-service has changed this. */
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /** Says again how it stands. */
  void announce() {
    listeners.forEach(Runnable::run);
  }

  /** An operator's word. */
  void drain(boolean on) {
    lock.lock();
    try {
      draining = on;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    announce();
  }

  /** The worker is being stopped; this is for good. */
  public void leave() {
    lock.lock();
    try {
      leaving = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Another host has the machine id; this is for good. */
  void refuse(String reason) {
    lock.lock();
    try {
      refused = reason;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    announce();
  }
}
