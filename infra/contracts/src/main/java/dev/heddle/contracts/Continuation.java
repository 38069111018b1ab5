package dev.heddle.contracts;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * From where a run goes on.
 *
 * @param purpose what it is for
 * @param after the last message before the one that it answers, on the branch that it goes on; null
 *     at the beginning
 * @param engineState what the thread has kept of the engine, to be resumed; null where the engine
 *     stands elsewhere than after that message, where the thread has nothing, and where it is of a
 *     kind that this version does not know
 * @param context what was said before, for an engine that has no session of its own, or not of this
 *     branch, or not on the machine that runs it; null where nothing was, and for an engine that
 *     takes none
 * @param engineMachine the only machine on which the engine can resume that state; null where
 *     nobody knows
 * @param resetTo the checkpoint to which the files are put back; null for any other purpose
 * @param action what is done with the repository; null for any other purpose, and where it is of a
 *     kind that this version does not know
 */
public record Continuation(
    RunPurpose purpose,
    @Nullable MessageId after,
    @Nullable EngineState engineState,
    @Nullable Context context,
    @Nullable MachineId engineMachine,
    @Nullable CheckpointTarget resetTo,
    @Nullable RepositoryAction action) {

  public Continuation {
    purpose = Objects.requireNonNullElse(purpose, RunPurpose.TURN);
  }

  /** One that says something to an engine, which can resume its state anywhere. */
  public Continuation(
      RunPurpose purpose,
      @Nullable MessageId after,
      @Nullable EngineState engineState,
      @Nullable Context context) {
    this(purpose, after, engineState, context, null, null);
  }

  /** One that does nothing with the repository but put files back. */
  public Continuation(
      RunPurpose purpose,
      @Nullable MessageId after,
      @Nullable EngineState engineState,
      @Nullable Context context,
      @Nullable MachineId engineMachine,
      @Nullable CheckpointTarget resetTo) {
    this(purpose, after, engineState, context, engineMachine, resetTo, null);
  }

  /** One that does something with the repository. */
  public static Continuation of(RepositoryAction action, @Nullable MessageId after) {
    return new Continuation(RunPurpose.REPOSITORY, after, null, null, null, null, action);
  }

  /** The same for a run on a machine, without a state that is kept on another one. */
  public Continuation on(MachineId machine) {
    return engineMachine == null || engineMachine.equals(machine)
        ? this
        : new Continuation(purpose, after, null, context, null, resetTo, action);
  }

  /**
   * The conversation, as much of it as fits.
   *
   * @param summary of what comes before the messages; null where nothing was summed up
   * @param messages the last ones, the oldest first
   * @param truncated whether something between the summary and the messages was left out
   */
  public record Context(@Nullable String summary, List<Said> messages, boolean truncated) {

    public Context {
      messages = List.copyOf(Objects.requireNonNullElse(messages, List.<Said>of()));
    }
  }

  /** One message. */
  public record Said(Role role, String text) {}
}
