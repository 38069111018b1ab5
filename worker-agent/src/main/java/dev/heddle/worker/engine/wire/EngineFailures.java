package dev.heddle.worker.engine.wire;

import dev.heddle.contracts.Failure;
import dev.heddle.worker.process.GuardedProcess.Exit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why a run of an engine failed, in the same codes for every engine. */
public final class EngineFailures {

  /** The conversation that was to be resumed is not there; it can be begun afresh. */
  public static final String SESSION_UNKNOWN = "engine_session_unknown";

  /** The model's side answered with an error. */
  public static final String API_ERROR = "engine_api_error";

  /** The model's side takes no more for now. */
  public static final String RATE_LIMITED = "engine_rate_limited";

  /** What the model said broke off. */
  public static final String STREAM_CUT = "engine_stream_cut";

  /** The model, or the engine, refuses to do it. */
  public static final String REFUSED = "engine_refused";

  /** The engine is not signed in. */
  public static final String AUTH = "engine_auth";

  /** The engine said something that makes no sense where it was said, or nothing where it must. */
  public static final String PROTOCOL = "engine_protocol";

  /** The engine was interrupted. */
  public static final String INTERRUPTED = "engine_interrupted";

  /** The engine failed, and says no more of it than in words. */
  public static final String FAILED = "engine_failed";

  public static final String NOT_FOUND = "engine_not_found";
  public static final String NOT_STARTED = "engine_not_started";
  public static final String LOST = "engine_lost";
  public static final String GUARD_LOST = "guard_lost";
  public static final String EXIT_NONZERO = "exit_nonzero";

  private EngineFailures() {}

  /** The conversation that was to be resumed is not there. */
  public static Failure sessionUnknown(String id) {
    return new Failure(
        SESSION_UNKNOWN,
        "the engine does not know its conversation %s on this machine any more; the next message begins it afresh"
            .formatted(id),
        false);
  }

  /** Interrupted by a person or the worker. */
  public static Failure interrupted() {
    return new Failure(INTERRUPTED, "the engine was interrupted", false);
  }

  /**
   * An error of the model's side.
   *
   * @param status of HTTP; 0 where there is none
   * @param message in the engine's own words
   */
  public static Failure ofApi(int status, String message) {
    String words = Bounded.text(message, 2_000);
    return switch (status) {
      case 401, 403 ->
          new Failure(
              AUTH,
              "the engine may not use its model: %s; sign it in on this machine, or set its key"
                  .formatted(words),
              false);
      case 429, 529 -> new Failure(RATE_LIMITED, "the model takes no more for now: " + words, true);
      default ->
          new Failure(
              API_ERROR,
              "the model's side answered with an error: " + words,
              status == 0 || status == 408 || status >= 500);
    };
  }

  /** What the model said broke off. */
  public static Failure streamCut(String message) {
    return new Failure(
        STREAM_CUT, "what the model said broke off: " + Bounded.text(message, 2_000), true);
  }

  /** The engine broke its protocol. */
  public static Failure protocol(String what) {
    return new Failure(
        PROTOCOL,
        "the engine did not keep to its protocol: %s; another version of it may be installed than this worker knows"
            .formatted(Bounded.text(what, 2_000)),
        false);
  }

  /**
   * What an end of the process alone says.
   *
   * @param errors the last lines of its standard error
   * @return null where it ended with code 0
   */
  public static @Nullable Failure of(JsonProcess.End end, List<String> errors) {
    if (end.lost() != null) {
      return new Failure(LOST, "the worker lost its engine: " + end.lost(), true);
    }
    Exit exit = end.exit();
    if (exit == null) {
      return new Failure(NOT_STARTED, "the engine was ended before it began", true);
    }
    if (exit.guardLost()) {
      return new Failure(
          GUARD_LOST, "the guard over the engine was killed, and the engine with it", true);
    }
    if (exit.code() == 0) {
      return null;
    }
    String code =
        exit.code() > 128
            ? "the engine was ended by signal %d".formatted(exit.code() - 128)
            : "the engine exited with code %d".formatted(exit.code());
    return new Failure(
        EXIT_NONZERO, errors.isEmpty() ? code : code + ": " + String.join("\n", errors), false);
  }
}
