package dev.heddle.worker.engine;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.CheckpointMoment;
import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessagePart;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.Plan;
import dev.heddle.contracts.PullRequest;
import dev.heddle.contracts.SessionFact.MessageCompleted;
import dev.heddle.contracts.TokenUsage;
import dev.heddle.contracts.TraceBody;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hears what an engine does. Calls may come from several threads and may block: that is how a full
 * spool slows an engine down.
 *
 * <p>{@link #event} is for the timeline alone; all else is for the thread, which keeps it, and of
 * that what people watch goes into the timeline by itself.
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

  /**
   * A message of the assistant as far as it has come. To be told whenever more than a word has come
   * to it, such as a tool call, so that a lost attempt keeps it; what is being typed is told by
   * {@link #event} as well.
   *
   * @param text the plain text of it, at most 120 KiB in UTF-8 together with the parts
   * @param parts empty where it is text alone
   */
  void partial(MessageId id, String text, List<MessagePart> parts);

  /** A message of the assistant is final; nothing comes to it any more. */
  void message(MessageCompleted message);

  /** As {@link #message(MessageCompleted)}, of text alone. */
  default void message(MessageId id, String text, MessageStatus status, boolean truncated) {
    message(new MessageCompleted(id, text, status, truncated));
  }

  /** What the engine must be given again to go on where it is; replaces what it told before. */
  void state(EngineState state);

  /** The engine's plan as it is now. */
  void plan(Plan plan);

  /** Tokens and cost so far in this run. */
  void usage(TokenUsage usage);

  /**
   * The files of the workspace were kept.
   *
   * @param ref the git reference that keeps them
   * @param changedFiles files that differ from the checkpoint before, untracked ones too
   */
  void checkpoint(String ref, CheckpointMoment moment, int changedFiles);

  /** A pull request belongs to the work. */
  void pullRequest(PullRequest pullRequest);

  /**
   * The conversation was summed up, at the engine's own will or because the run is for that.
   *
   * @param through the last message that the summary covers; null for the one that the run answers
   */
  void compacted(String summary, @Nullable MessageId through);

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
