package dev.heddle.thread;

import dev.heddle.contracts.MessageId;
import dev.heddle.thread.run.Steering;
import dev.heddle.thread.run.ThreadRun;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Engines that take a message in mid-turn, for the threads that a test names; no other does. */
public final class SteeredThreads implements Steering {

  private final Set<String> able = ConcurrentHashMap.newKeySet();
  private final List<String> taken = new CopyOnWriteArrayList<>();

  public void add(String thread) {
    able.add(thread);
  }

  /** The texts that were steered, with their threads, as {@code thread: text}. */
  public List<String> taken() {
    return List.copyOf(taken);
  }

  @Override
  public boolean steer(ThreadRun run, MessageId message, String text, String by, Instant now) {
    boolean takes = able.contains(run.thread().toString());
    if (takes) {
      taken.add(run.thread() + ": " + text);
    }
    return takes;
  }
}
