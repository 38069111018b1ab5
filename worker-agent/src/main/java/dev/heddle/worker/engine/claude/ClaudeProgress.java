package dev.heddle.worker.engine.claude;

import dev.heddle.contracts.Failure;
import dev.heddle.worker.engine.wire.EngineFailures;
import dev.heddle.worker.engine.wire.JsonProcess;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How far a run is: whether it listens, whether it is over, and why it failed. Safe for use by
 * several threads.
 */
final class ClaudeProgress {

  /** How a run can be stopped. */
  enum Stop {
    /** It is told so, and ends its turn. */
    BY_REQUEST,
    /** It does not listen, so that only a signal reaches it. */
    BY_SIGNAL,
    /** It is being stopped already. */
    UNDER_WAY
  }

  private final ClaudeSettings settings;
  private final ClaudeTurns turns = new ClaudeTurns();
  private boolean listens;
  private boolean interrupted;
  private boolean ended;
  private @Nullable Failure failure;

  /** Why it was interrupted by the worker itself. */
  private @Nullable Failure hopeless;

  ClaudeProgress(ClaudeSettings settings) {
    this.settings = settings;
  }

  /**
   * It is ready for its prompt.
   *
   * @param prompt says it; not where it was interrupted before
   */
  synchronized void begin(Runnable prompt) {
    if (!interrupted) {
      prompt.run();
      listens = true;
    }
  }

  /**
   * It is told something while it runs.
   *
   * @param id of that
   * @param say whether that reached it
   * @return why it does not hear it; null where it does
   */
  synchronized @Nullable String tell(String id, BooleanSupplier say) {
    if (!listens) {
      return ended ? "the engine has ended its turn" : "the engine does not listen yet";
    }
    turns.told(id);
    if (!say.getAsBoolean()) {
      turns.untold(id);
      return "the engine has ended";
    }
    return null;
  }

  /** Somebody wants it to stop. */
  synchronized Stop stop() {
    if (interrupted) {
      return Stop.UNDER_WAY;
    }
    interrupted = true;
    if (!listens) {
      return Stop.BY_SIGNAL;
    }
    listens = false;
    return Stop.BY_REQUEST;
  }

  /**
   * Whatever it would still try, it cannot succeed.
   *
   * @return whether that is news, so that it must be interrupted
   */
  synchronized boolean giveUp(Failure why) {
    if (interrupted || hopeless != null) {
      return false;
    }
    hopeless = why;
    listens = false;
    return true;
  }

  /** The model is asked something. */
  synchronized void turnBegins() {
    turns.begin();
  }

  /** See {@link ClaudeTurns#lifecycle}. */
  synchronized void lifecycle(JsonNode line) {
    turns.lifecycle(line);
  }

  /** See {@link ClaudeTurns#background}. */
  synchronized void background(JsonNode line) {
    turns.background(line);
  }

  /**
   * A turn has ended.
   *
   * @param why it failed; null where it did not
   */
  synchronized void turnEnds(JsonNode result, @Nullable Failure why) {
    failure = why;
    turns.end(result);
  }

  /** The ids of the commands in the background, where nothing else is left to be done. */
  synchronized List<String> commandsLeft() {
    return turns.rest() == ClaudeTurns.Rest.COMMANDS ? turns.commands() : List.of();
  }

  /** Whether it is over now, and was not before. */
  synchronized boolean ends() {
    boolean over = interrupted || hopeless != null || failure != null;
    if (ended || (!over && turns.rest() != ClaudeTurns.Rest.NOTHING)) {
      return false;
    }
    listens = false;
    ended = true;
    return true;
  }

  /**
   * Its process is gone.
   *
   * @param errors the last lines of its standard error
   * @return why it failed; null where it did not
   */
  synchronized @Nullable Failure end(JsonProcess.End end, List<String> errors) {
    listens = false;
    Failure byItself = EngineFailures.of(end, errors);
    boolean killed = end.exit() == null || end.lost() != null || end.exit().guardLost();
    if (killed) {
      return byItself;
    }
    if (hopeless != null) {
      return hopeless;
    }
    if (interrupted) {
      return EngineFailures.interrupted();
    }
    if (failure != null) {
      return failure;
    }
    if (settings.isResumed() && ClaudeResult.saysNoConversation(errors)) {
      return EngineFailures.sessionUnknown(settings.session());
    }
    return byItself == null && !ended
        ? EngineFailures.protocol("it ended without saying how its turn ended")
        : byItself;
  }
}
