package dev.heddle.worker.engine;

import dev.heddle.contracts.ApprovalId;
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

  /**
   * The engine calls the conversation so, which people then see unless they have named it; a title
   * that was said before is no news. What is no title, such as an empty one, is left out.
   */
  void title(String title);

  /**
   * Asks a person, and returns at once; the engine may ask more meanwhile, but a question takes the
   * place of those before it. The ruling comes on another thread, also when the run ends first.
   */
  Asked ask(Ask ask);

  /** The engine wants no ruling of this any more; nothing where it has one. */
  void withdraw(ApprovalId asked, String reason);
}
