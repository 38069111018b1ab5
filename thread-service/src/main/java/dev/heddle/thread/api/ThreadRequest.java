package dev.heddle.thread.api;

import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.conversation.SettingsInput;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The body of a request for a thread without a message. */
record ThreadRequest(
    @Nullable String project,
    @Nullable String id,
    @Nullable String title,
    @Nullable String engine,
    @Nullable String model,
    @Nullable String mode,
    @Nullable String effort,
    @Nullable List<String> command,
    @Nullable Placement placement) {

  record Placement(
      @Nullable String pool, @Nullable String machine, @Nullable Map<String, String> labels) {}

  String requiredProject() {
    if (project == null) {
      throw new ProblemException(
          ThreadError.PROJECT_REQUIRED, "a thread needs the id or name of its project");
    }
    return project;
  }

  SettingsInput settings() {
    Placement where = placement == null ? new Placement(null, null, null) : placement;
    return new SettingsInput(
        engine, model, mode, effort, command, where.pool(), where.machine(), where.labels());
  }
}
