package dev.heddle.worker.engine;

import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.MessageId;
import dev.heddle.worker.process.RunMarker;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an engine is to do.
 *
 * @param continuation from where it goes on, and for what; null in a session without a thread
 * @param answer the id of the assistant's message, where the engine gives only one
 * @param directory the workspace
 * @param identity variables that tell the engine which run it is
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
    long deadline,
    @Nullable ToolServer tools) {

  /** Of an engine that takes no tools. */
  public EngineTask(
      RunMarker marker,
      EngineSpec spec,
      String prompt,
      @Nullable Continuation continuation,
      MessageId answer,
      Path directory,
      Map<String, String> identity,
      long deadline) {
    this(marker, spec, prompt, continuation, answer, directory, identity, deadline, null);
  }
}
