package dev.heddle.worker.engine;

import dev.heddle.contracts.Ids;
import dev.heddle.worker.process.Guards;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What every engine of a worker uses.
 *
 * @param passed names of the worker's variables that every engine inherits besides the usual ones
 * @param home where engines keep what outlives a run, each in a folder of its own
 * @param timer for what has to be done soon; a task must not block
 */
public record EngineTools(
    Guards guards,
    Set<String> passed,
    OutputLimits limits,
    Path home,
    Ids ids,
    InstantSource clock,
    ScheduledExecutorService timer) {

  /** As a worker has them. */
  public static EngineTools of(
      EngineProperties properties, Guards guards, Path home, Ids ids, InstantSource clock) {
    return new EngineTools(
        guards,
        Set.copyOf(properties.passEnvironment()),
        new OutputLimits(properties.outputBytes().toBytes(), properties.outputLines()),
        home,
        ids,
        clock,
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("engine-timer").factory()));
  }
}
