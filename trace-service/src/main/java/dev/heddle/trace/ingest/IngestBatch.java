package dev.heddle.trace.ingest;

import dev.heddle.messaging.Parking;
import dev.heddle.messaging.TransientFailures;
import dev.heddle.trace.deletion.DeletedThreads;
import dev.heddle.trace.event.DayPartitions;
import dev.heddle.trace.event.EventStore;
import dev.heddle.trace.ingest.Slice.Read;
import dev.heddle.trace.log.Entry;
import dev.heddle.trace.log.Entry.Closed;
import dev.heddle.trace.log.Entry.Event;
import dev.heddle.trace.log.Entry.EventId;
import dev.heddle.trace.log.Entry.Unreadable;
import dev.heddle.trace.log.TraceDecoder;
import dev.heddle.trace.timeline.Timelines;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionOperations;

/** Stores slices of the log, each batch in one transaction with its offsets. */
final class IngestBatch {

  private final TransactionOperations transactions;
  private final Offsets offsets;
  private final DayPartitions days;
  private final EventStore events;
  private final FirstEvents firstEvents;
  private final DeletedThreads deleted;
  private final Timelines timelines;
  private final Parking parking;
  private final IngestMetrics metrics;

  IngestBatch(
      TransactionOperations transactions,
      Offsets offsets,
      DayPartitions days,
      EventStore events,
      FirstEvents firstEvents,
      DeletedThreads deleted,
      Timelines timelines,
      Parking parking,
      IngestMetrics metrics) {
    this.transactions = transactions;
    this.offsets = offsets;
    this.days = days;
    this.events = events;
    this.firstEvents = firstEvents;
    this.deleted = deleted;
    this.timelines = timelines;
    this.parking = parking;
    this.metrics = metrics;
  }

  /** What became of a batch. */
  private record Stored(
      List<Slice> slices, int fresh, int repeated, int superseded, FirstEvents.Found first) {}

  /**
   * Stores the slices whose beginning is the stored offset, and leaves the others alone: they
   * belong to another instance by now. A record that PostgreSQL refuses, or that the fold cannot
   * take, is found by halving, parked and replaced by a placeholder.
   *
   * @return the partitions that were stored
   * @throws RuntimeException where a retry may help; what is stored by then is stored
   */
  Set<Integer> store(int epoch, List<Slice> slices) {
    Set<UUID> sessions = new HashSet<>();
    for (Slice slice : slices) {
      for (Read read : slice.reads()) {
        if (shown(read.entry()) instanceof Event event) {
          sessions.add(event.id().sessionId());
        }
      }
    }
    days.makeFor(sessions);
    return storeOrHalve(epoch, slices);
  }

  private Set<Integer> storeOrHalve(int epoch, List<Slice> slices) {
    try {
      Stored stored = Objects.requireNonNull(transactions.execute(_ -> storeAll(epoch, slices)));
      count(stored);
      Set<Integer> partitions = new HashSet<>();
      stored.slices().forEach(slice -> partitions.add(slice.partition()));
      return partitions;
    } catch (RuntimeException e) {
      if (TransientFailures.isTransient(e)) {
        throw e;
      }
      return halve(epoch, slices, e);
    }
  }

  private Set<Integer> halve(int epoch, List<Slice> slices, RuntimeException failure) {
    Set<Integer> stored = new HashSet<>();
    if (slices.size() > 1) {
      for (Slice slice : slices) {
        stored.addAll(storeOrHalve(epoch, List.of(slice)));
      }
      return stored;
    }
    Slice slice = slices.getFirst();
    if (slice.reads().size() > 1) {
      if (!storeOrHalve(epoch, List.of(slice.firstHalf())).isEmpty()) {
        stored.addAll(storeOrHalve(epoch, List.of(slice.secondHalf())));
      }
      return stored;
    }
    return refuse(epoch, slice, failure);
  }

  private Set<Integer> refuse(int epoch, Slice slice, RuntimeException failure) {
    Read read = slice.reads().getFirst();
    Event placeholder =
        shown(read.entry()) instanceof Event event ? TraceDecoder.placeholder(event) : null;
    String reason = String.valueOf(failure.getMessage());
    var refused = new Unreadable(read.entry().position(), "failed", reason, placeholder);
    try {
      return storeRefused(epoch, slice, read, refused);
    } catch (RuntimeException e) {
      if (TransientFailures.isTransient(e) || placeholder == null) {
        throw e;
      }
      return storeRefused(
          epoch, slice, read, new Unreadable(read.entry().position(), "failed", reason, null));
    }
  }

  private Set<Integer> storeRefused(int epoch, Slice slice, Read read, Unreadable refused) {
    var replaced =
        new Slice(
            slice.partition(),
            slice.expected(),
            slice.next(),
            List.of(new Read(read.record(), refused)));
    Stored stored =
        Objects.requireNonNull(transactions.execute(_ -> storeAll(epoch, List.of(replaced))));
    count(stored);
    return stored.slices().isEmpty() ? Set.of() : Set.of(slice.partition());
  }

  /** Only once it is committed. */
  private void count(Stored stored) {
    metrics.stored(stored.fresh(), stored.repeated(), stored.superseded());
    stored.first().stored();
  }

  private Stored storeAll(int epoch, List<Slice> slices) {
    List<Slice> ours = offsets.advance(epoch, slices);
    List<Entry> read = new ArrayList<>();
    for (Slice slice : ours) {
      for (Read one : slice.reads()) {
        Entry entry = shown(one.entry());
        if (entry != null) {
          read.add(entry);
        }
      }
    }
    List<Entry> entries = deleted.leaveOut(read);
    Timelines.Batch batch = timelines.begin(entries);
    Map<EventId, Event> first = new LinkedHashMap<>();
    Set<EventId> superseded = new HashSet<>();
    int all = 0;
    for (Entry entry : entries) {
      if (entry instanceof Closed closed) {
        batch.close(closed);
      } else if (entry instanceof Event event) {
        all++;
        if (first.putIfAbsent(event.id(), event) == null && batch.isSuperseded(event)) {
          superseded.add(event.id());
        }
      }
    }
    Set<EventId> fresh = events.append(first.values(), superseded);
    batch.fold(
        entries.stream()
            .filter(entry ->
                !(entry instanceof Event event)
                    || (fresh.contains(event.id()) && event.equals(first.get(event.id()))))
            .toList(),
        superseded);
    // Last, so that nothing is parked again each time that the database fails.
    for (Slice slice : ours) {
      for (Read one : slice.reads()) {
        if (one.entry() instanceof Unreadable unreadable) {
          parking.park(one.record(), unreadable.code(), unreadable.reason());
        }
      }
    }
    superseded.retainAll(fresh);
    return new Stored(
        ours,
        fresh.size(),
        all - fresh.size(),
        superseded.size(),
        firstEvents.in(ours, fresh, superseded));
  }

  /** What an entry puts on the timeline; null where that is nothing. */
  private static @Nullable Entry shown(Entry entry) {
    return entry instanceof Unreadable unreadable ? unreadable.placeholder() : entry;
  }
}
