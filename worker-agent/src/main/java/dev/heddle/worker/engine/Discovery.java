package dev.heddle.worker.engine;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out which engines the machine has: at start, when it is asked to, and when a program of one
 * has come, gone or changed. Nothing waits for it: until an engine was looked at it is offered if
 * its program is there.
 */
public final class Discovery implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Discovery.class);

  /** How often the programs' files are compared, which starts nothing. */
  private static final Duration GLANCE = Duration.ofSeconds(30);

  private final Engines engines;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("discovery").factory());

  /** The programs when the engines were looked at last; of the looking thread alone. */
  private Map<String, String> seen = Map.of();

  private Discovery(Engines engines) {
    this.engines = engines;
  }

  /** Begins to look at these, and returns at once. */
  public static Discovery begin(Engines engines) {
    Discovery discovery = new Discovery(engines);
    discovery.lookAgain();
    var _ =
        discovery.looks.scheduleWithFixedDelay(
            discovery::glance, GLANCE.toMillis(), GLANCE.toMillis(), TimeUnit.MILLISECONDS);
    return discovery;
  }

  /** From now on, called whenever something was found. Must not block. */
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /** Looks at all engines once more, after a look that is under way. Returns at once. */
  public void lookAgain() {
    looks.execute(this::look);
  }

  private void glance() {
    if (!engines.programs().equals(seen)) {
      log.info("the programs of engines have changed; looking at them again");
      look();
    }
  }

  private void look() {
    try {
      seen = engines.programs();
      engines.look(() -> listeners.forEach(Runnable::run));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.atWarn().setCause(e).log("the engines could not be looked at");
    }
  }

  @Override
  public void close() {
    looks.shutdownNow();
  }
}
