package dev.heddle.worker.engine;

import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.MessageId;
import dev.heddle.worker.process.RunMarker;
import dev.heddle.worker.secret.RunSecrets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an engine is to do.
 *
 * @param continuation from where it goes on, and for what; null in a session without a thread
 * @param answer the id of the assistant's message, where the engine gives only one
 * @param directory the workspace
 * @param identity variables that tell the engine which run it is
 * @param secrets which the engine may know, and which nobody may see
 * @param deadline until when it may run without a tick, in milliseconds since boot
 * @param tools Heddle's own tools; null for an engine that takes none
 */
public record EngineTask(
    RunMarker marker,
    EngineSpec spec,
    String prompt,
    @Nullable Continuation continuation,
    MessageId answer,
    Path directory,
    Map<String, String> identity,
    RunSecrets secrets,
    long deadline,
    @Nullable ToolServer tools) {

  /** Of a run that has no secrets, on a machine that knows none, and of an engine without tools. */
  public EngineTask(
      RunMarker marker,
      EngineSpec spec,
      String prompt,
      @Nullable Continuation continuation,
      MessageId answer,
      Path directory,
      Map<String, String> identity,
      long deadline) {
    this(
        marker,
        spec,
        prompt,
        continuation,
        answer,
        directory,
        identity,
        RunSecrets.NONE,
        deadline,
        null);
  }

  /** All that is set for the engine's process beside what it inherits. */
  public Map<String, String> variables() {
    Map<String, String> variables = new TreeMap<>(secrets.variables());
    variables.putAll(identity);
    return variables;
  }
}
