package dev.heddle.worker.engine;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.TraceBody;
import org.jspecify.annotations.Nullable;

/**
 * Hears what an engine does. Calls may come from several threads and may block: that is how a full
 * spool slows an engine down.
 */
public interface EngineListener {

  /**
   * The engine's process runs; before any other call.
   *
   * @param engineSessionId the engine's own id of its conversation; null where it has none
   */
  void started(@Nullable String engineSessionId);

  /** Something for the timeline. */
  void event(TraceBody event);

  /** A message of the assistant is final. */
  void message(MessageId id, String text, MessageStatus status, boolean truncated);
}
