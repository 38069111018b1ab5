package dev.heddle.worker.engine.claude;

import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.EngineState.PermissionMode;
import dev.heddle.worker.engine.wire.Fields;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What Claude Code says of itself: the state that its thread keeps. */
final class ClaudeSelf {

  private final ClaudeSettings settings;
  private final Path directory;
  private final Consumer<EngineState> told;
  private EngineState.@Nullable Claude state;

  /**
   * @param told hears the state whenever it has changed
   */
  ClaudeSelf(ClaudeSettings settings, Path directory, Consumer<EngineState> told) {
    this.settings = settings;
    this.directory = directory;
    this.told = told;
  }

  /** A line {@code init}, at the beginning of each turn. */
  void is(JsonNode init) {
    tell(
        new EngineState.Claude(
            Fields.text(init, "session_id", settings.session()),
            mode(init),
            Fields.text(init, new String[] {"model"}),
            settings.effort(),
            Fields.text(init, "cwd", directory.toString()),
            Fields.text(init, new String[] {"claude_code_version"})));
  }

  /**
   * A line {@code status}: it goes in and out of its plan mode, and into others where somebody
   * allows that.
   */
  void modeIs(JsonNode status) {
    PermissionMode mode = mode(status);
    EngineState.Claude before = state;
    if (mode != null && before != null) {
      tell(
          new EngineState.Claude(
              before.sessionId(),
              mode,
              before.model(),
              before.effort(),
              before.workingDirectory(),
              before.cliVersion()));
    }
  }

  private void tell(EngineState.Claude now) {
    if (!now.equals(state)) {
      state = now;
      told.accept(now);
    }
  }

  private static @Nullable PermissionMode mode(JsonNode line) {
    ClaudeSettings.Mode mode = ClaudeSettings.Mode.of(Fields.text(line, "permissionMode"));
    return mode == null ? null : mode.state;
  }
}
