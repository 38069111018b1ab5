package dev.heddle.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until a test moves it; safe to read from any thread. */
public final class SettableClock extends Clock {

  private final AtomicReference<Instant> now;
  private final ZoneId zone;

  private SettableClock(AtomicReference<Instant> now, ZoneId zone) {
    this.now = now;
    this.zone = zone;
  }

  /** A clock in UTC. */
  public static SettableClock at(Instant start) {
    return new SettableClock(new AtomicReference<>(start), ZoneOffset.UTC);
  }

  /** A clock in UTC, from an ISO-8601 instant such as {@code 2026-11-21T09:00:00Z}. */
  public static SettableClock at(String start) {
    return at(Instant.parse(start));
  }

  public void set(Instant instant) {
    now.set(instant);
  }

  /** Moves by a duration, backwards if negative, and returns the new time. */
  public Instant advance(Duration by) {
    return now.updateAndGet(instant -> instant.plus(by));
  }

  @Override
  public Instant instant() {
    return now.get();
  }

  @Override
  public ZoneId getZone() {
    return zone;
  }

  /** The same clock seen from another zone: both move together. */
  @Override
  public SettableClock withZone(ZoneId other) {
    return new SettableClock(now, other);
  }
}
