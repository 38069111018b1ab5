package dev.heddle.trace.ingest;

import dev.heddle.contracts.Origin;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TraceBody.EngineStarted;
import dev.heddle.messaging.DispatchStage;
import dev.heddle.messaging.DispatchTimes;
import dev.heddle.messaging.Headers;
import dev.heddle.messaging.LogScope;
import dev.heddle.trace.event.EventStore;
import dev.heddle.trace.ingest.Slice.Read;
import dev.heddle.trace.log.Entry.Event;
import dev.heddle.trace.log.Entry.EventId;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees the end of each dispatch: the first event of its engine is stored. Measures the whole of it
 * from what the timeline says of its beginning, and not from its stages.
 */
final class FirstEvents {

  private static final Logger log = LoggerFactory.getLogger(FirstEvents.class);

  private final EventStore events;
  private final InstantSource clock;
  private final DispatchTimes times;
  private final Timer whole;

  FirstEvents(EventStore events, InstantSource clock, MeterRegistry meters) {
    this.events = events;
    this.clock = clock;
    this.times = new DispatchTimes(meters, DispatchStage.STARTED_TO_FIRST_EVENT);
    this.whole = DispatchTimes.whole(meters);
  }

  /** A dispatch whose engine has just spoken, when it began, and the record that told of it. */
  private record Begun(Instant accepted, Event started, Read read) {}

  /** Those of one transaction, to be measured when that is committed. */
  final class Found {

    private final List<Begun> begun;

    private Found(List<Begun> begun) {
      this.begun = begun;
    }

    void stored() {
      Instant now = clock.instant();
      for (Begun one : begun) {
        Event started = one.started();
        times.record(DispatchStage.STARTED_TO_FIRST_EVENT, started.at(), now);
        DispatchTimes.record(whole, one.accepted(), now);
        UUID thread = started.threadId();
        try (var _ =
            LogScope.of(Headers.traceOf(one.read().record()))
                .session(
                    new SessionId(started.id().sessionId()),
                    thread == null ? null : new ThreadId(thread),
                    started.id().attempt())) {
          log.atInfo()
              .addKeyValue("millis", Duration.between(one.accepted(), now).toMillis())
              .log("the engine's first event is stored");
        }
      }
    }
  }

  /**
   * Looks for them in the caller's transaction, which has appended the events.
   *
   * @param fresh what was not stored before
   * @param hidden what came too late to be shown
   */
  Found in(List<Slice> slices, Set<EventId> fresh, Set<EventId> hidden) {
    List<Read> started = new ArrayList<>();
    Set<EventId> seen = new HashSet<>();
    for (Slice slice : slices) {
      for (Read read : slice.reads()) {
        if (read.entry() instanceof Event event
            && isStart(event)
            && fresh.contains(event.id())
            && !hidden.contains(event.id())
            && seen.add(event.id())) {
          started.add(read);
        }
      }
    }
    Map<UUID, Instant> beginnings =
        events.beginnings(started.stream().map(read -> event(read).id().sessionId()).toList());
    List<Begun> begun = new ArrayList<>();
    for (Read read : started) {
      Instant accepted = beginnings.get(event(read).id().sessionId());
      // A session whose own events are expired, or not there yet, cannot be measured.
      if (accepted != null) {
        begun.add(new Begun(accepted, event(read), read));
      }
    }
    return new Found(begun);
  }

  private static boolean isStart(Event event) {
    return event.id().attempt() == 1
        && event.id().origin() == Origin.WORKER
        && event.content().body() instanceof EngineStarted;
  }

  private static Event event(Read read) {
    return (Event) read.entry();
  }
}
