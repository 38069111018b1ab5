package dev.heddle.trace.ingest;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What an operator sees of ingest. */
final class IngestMetrics {

  private final DistributionSummary batch;
  private final Counter events;
  private final Counter repeated;
  private final Counter superseded;
  private final Counter stale;
  private final Counter skipped;
  private final AtomicLong lag = new AtomicLong();
  private final AtomicInteger partitions = new AtomicInteger();

  IngestMetrics(MeterRegistry meters) {
    batch =
        DistributionSummary.builder("heddle.trace.ingest.batch")
            .description("Records per transaction")
            .baseUnit("records")
            .register(meters);
    events =
        Counter.builder("heddle.trace.events")
            .description("Events stored, superseded ones included")
            .register(meters);
    repeated =
        Counter.builder("heddle.trace.repeated")
            .description("Events that were in the log before and so not stored again")
            .register(meters);
    superseded =
        Counter.builder("heddle.trace.superseded")
            .description("Events of an attempt that was closed before; stored and hidden")
            .register(meters);
    stale =
        Counter.builder("heddle.trace.ingest.stale")
            .description("Batches dropped since another instance had stored their records")
            .register(meters);
    skipped =
        Counter.builder("heddle.trace.ingest.skipped")
            .description("Records that the log had dropped before they were read")
            .register(meters);
    Gauge.builder("heddle.trace.ingest.lag", lag, AtomicLong::get)
        .description("Records in the log, of the partitions owned here, that are not stored yet")
        .baseUnit("records")
        .register(meters);
    Gauge.builder("heddle.trace.ingest.partitions", partitions, AtomicInteger::get)
        .description("Partitions owned here")
        .register(meters);
  }

  void batch(int records) {
    batch.record(records);
  }

  void stored(int fresh, int again, int hidden) {
    events.increment(fresh);
    repeated.increment(again);
    superseded.increment(hidden);
  }

  void stale() {
    stale.increment();
  }

  void skipped(long records) {
    skipped.increment((double) records);
  }

  void lag(long records) {
    lag.set(records);
  }

  void partitions(int owned) {
    partitions.set(owned);
  }
}
