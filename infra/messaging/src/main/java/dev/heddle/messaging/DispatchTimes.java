package dev.heddle.messaging;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Measures dispatches, as histograms with the same buckets everywhere: each service the stages that
 * end in it, and trace-service the whole. Begin and end may come from the clocks of two machines; a
 * stage that seems to end before it begins counts as zero.
 */
public final class DispatchTimes {

  /** From 1 ms, the cost of a hand-over, to an hour in the backlog. */
  private static final Duration[] BUCKETS =
      Stream.of(
              1L,
              2L,
              5L,
              10L,
              20L,
              50L,
              100L,
              200L,
              500L,
              1_000L,
              2_000L,
              5_000L,
              10_000L,
              30_000L,
              60_000L,
              300_000L,
              3_600_000L)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final Map<DispatchStage, Timer> stages = new EnumMap<>(DispatchStage.class);

  /**
   * @param endHere the stages that this service measures
   */
  public DispatchTimes(MeterRegistry meters, DispatchStage... endHere) {
    for (DispatchStage stage : endHere) {
      stages.put(
          stage,
          histogram("heddle.dispatch.stage")
              .description("How long one hand-over of a dispatch took")
              .tag("stage", stage.label())
              .register(meters));
    }
  }

  /** The whole of a dispatch, measured apart from its stages. */
  public static Timer whole(MeterRegistry meters) {
    return histogram("heddle.dispatch.duration")
        .description("From the acceptance of a dispatch until its engine's first event was stored")
        .register(meters);
  }

  private static Timer.Builder histogram(String name) {
    return Timer.builder(name).serviceLevelObjectives(BUCKETS);
  }

  /** Measures a stage; within a transaction once it is committed, for it may be tried again. */
  public void record(DispatchStage stage, Instant begin, Instant end) {
    Timer timer = stages.get(stage);
    if (timer == null) {
      throw new IllegalArgumentException(stage + " does not end in this service");
    }
    if (TransactionSynchronizationManager.isSynchronizationActive()) {
      TransactionSynchronizationManager.registerSynchronization(
          new TransactionSynchronization() {
            @Override
            public void afterCommit() {
              record(timer, begin, end);
            }
          });
    } else {
      record(timer, begin, end);
    }
  }

  /** Measures what took from begin to end, and never less than nothing. */
  public static void record(Timer timer, Instant begin, Instant end) {
    timer.record(end.isBefore(begin) ? Duration.ZERO : Duration.between(begin, end));
  }
}
