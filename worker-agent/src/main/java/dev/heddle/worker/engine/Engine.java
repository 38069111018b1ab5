package dev.heddle.worker.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A kind of program that does a session's work. Stateless; each start is an {@link EngineRun}. */
public interface Engine {

  /** The name under which sessions ask for it, such as {@code command}. */
  String name();

  /** The version as it was last seen; null where it has none, or has not been asked. */
  @Nullable String version();

  /** Why it cannot start here, as far as that is seen without starting it; null where it may. */
  default @Nullable String obstacle() {
    return null;
  }

  /** Looks what it is and whether it starts. May start a process, and take a while. */
  default Findings look() {
    return new Findings(version(), obstacle(), List.of());
  }

  /** Whether it can be told something while it runs; see {@link EngineRun#input}. */
  default boolean takesInput() {
    return false;
  }

  /** Whether it takes tools of others; see {@link EngineTask#tools}. */
  default boolean takesTools() {
    return false;
  }

  /**
   * Starts a run and returns at once; everything else comes through the listener.
   *
   * @throws EngineFailedException where it cannot be started at all
   */
  EngineRun start(EngineTask task, EngineListener listener) throws EngineFailedException;
}
