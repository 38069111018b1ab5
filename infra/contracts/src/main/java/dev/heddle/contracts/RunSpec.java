package dev.heddle.contracts;

import org.jspecify.annotations.Nullable;

/**
 * All that a worker needs to run one attempt.
 *
 * @param messageId the user's message that the run answers; null in a session without a thread
 * @param prompt at most 256 KiB in UTF-8
 * @param continuation from where it goes on; null in a session without a thread
 */
public record RunSpec(
    ProjectRef project,
    @Nullable MessageId messageId,
    String prompt,
    EngineSpec engine,
    WorkspaceSpec workspace,
    @Nullable Continuation continuation) {

  /** One that begins. */
  public RunSpec(
      ProjectRef project,
      @Nullable MessageId messageId,
      String prompt,
      EngineSpec engine,
      WorkspaceSpec workspace) {
    this(project, messageId, prompt, engine, workspace, null);
  }

  /** The same for a run on a machine, without what an engine keeps on another one. */
  public RunSpec on(MachineId machine) {
    return continuation == null
        ? this
        : new RunSpec(project, messageId, prompt, engine, workspace, continuation.on(machine));
  }
}
