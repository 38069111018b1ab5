package dev.heddle.worker.engine.claude;

import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.EngineState.PermissionMode;
import dev.heddle.contracts.Failure;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.worker.engine.EngineFailedException;
import dev.heddle.worker.engine.EngineTask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How one run of Claude Code is called.
 *
 * @param session its own id of the conversation
 * @param isResumed whether that goes on; else it begins
 */
record ClaudeSettings(
    String session, boolean isResumed, Mode mode, @Nullable String model, @Nullable String effort) {

  /** Its permission modes, from the strictest to the one that asks nobody. */
  enum Mode {
    PLAN("plan", PermissionMode.PLAN),
    /** Does what it may without asking, and nothing else. */
    DONT_ASK("dontAsk", PermissionMode.DONT_ASK),
    DEFAULT("default", PermissionMode.DEFAULT),
    /**
     * Takes for an edit of the workspace whatever only writes there: its own {@code echo}, {@code
     * mkdir}, {@code rm} and the like run unasked too, and what starts a program does not.
     */
    ACCEPT_EDITS("acceptEdits", PermissionMode.ACCEPT_EDITS),
    BYPASS("bypassPermissions", PermissionMode.BYPASS_PERMISSIONS);

    final String wire;
    final PermissionMode state;

    Mode(String wire, PermissionMode state) {
      this.wire = wire;
      this.state = state;
    }

    static @Nullable Mode of(@Nullable String wire) {
      return Arrays.stream(values())
          .filter(mode -> mode.wire.equals(wire))
          .findFirst()
          .orElse(null);
    }
  }

  /**
   * As the task wants it.
   *
   * @param newId makes the id of a conversation that begins
   * @throws EngineFailedException where it names a mode that there is not
   */
  static ClaudeSettings of(EngineTask task, Supplier<String> newId) throws EngineFailedException {
    EngineSpec spec = task.spec();
    String known = knownSession(task.continuation());
    return new ClaudeSettings(
        known == null ? newId.get() : known,
        known != null,
        mode(spec.permission(), spec.mode()),
        spec.model(),
        spec.effort());
  }

  private static @Nullable String knownSession(@Nullable Continuation from) {
    return from != null && from.engineState() instanceof EngineState.Claude state
        ? state.sessionId()
        : null;
  }

  /** A mode may be stricter than the posture, and never laxer: that is the posture's to say. */
  private static Mode mode(@Nullable PermissionPosture posture, @Nullable String wanted)
      throws EngineFailedException {
    Mode most =
        switch (Objects.requireNonNullElse(posture, PermissionPosture.ASK)) {
          case PLAN -> Mode.PLAN;
          case ASK -> Mode.DEFAULT;
          case EDIT -> Mode.ACCEPT_EDITS;
          case FULL -> Mode.BYPASS;
        };
    if (wanted == null) {
      return most;
    }
    Mode mode = Mode.of(wanted);
    if (mode == null) {
      throw new EngineFailedException(
          new Failure(
              "engine_mode_unknown",
              "the engine has no mode '%s'; choose one of %s, or none"
                  .formatted(
                      wanted,
                      Arrays.stream(Mode.values())
                          .map(one -> one.wire)
                          .collect(Collectors.joining(", "))),
              false));
    }
    return mode.compareTo(most) < 0 ? mode : most;
  }

  /** The id of the conversation that goes on; null where it begins. */
  @Nullable String resumed() {
    return isResumed ? session : null;
  }

  boolean asksNobody() {
    return mode == Mode.BYPASS;
  }

  List<String> arguments() {
    List<String> words =
        new ArrayList<>(
            List.of(
                "-p",
                "--output-format",
                "stream-json",
                "--input-format",
                "stream-json",
                "--verbose",
                "--include-partial-messages",
                "--permission-prompt-tool",
                "stdio"));
    words.addAll(List.of(isResumed ? "--resume" : "--session-id", session));
    words.addAll(List.of("--permission-mode", mode.wire));
    if (model != null) {
      words.addAll(List.of("--model", model));
    }
    if (effort != null) {
      words.addAll(List.of("--effort", effort));
    }
    return words;
  }
}
