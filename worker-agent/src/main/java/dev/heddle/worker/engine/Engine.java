package dev.heddle.worker.engine;

import org.jspecify.annotations.Nullable;

/** A kind of program that does a session's work. Stateless; each start is an {@link EngineRun}. */
public interface Engine {

  /** The name under which sessions ask for it, such as {@code command}. */
  String name();

  /** The installed version; null where it has none, or could not be asked. May start a process. */
  @Nullable String version();

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
